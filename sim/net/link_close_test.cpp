// How a connection ends: FIN, RST, letting go, calls from inside what is told, the end of the network.
#include <gtest/gtest.h>

#include "sim/net/test_support.h"

namespace holdfast {
namespace {

using test::bytes_of;
using test::ClientEnd;
using test::Recorder;
using test::World;

// --- FIN ---

TEST(LinkClose, FinFollowsTheBytesAndIsAnswered) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  const Time begin = world.loop.now();
  client.stream->send(bytes_of("bye"));
  client.stream->close();
  client.stream->close();
  client.stream->send(bytes_of("not this"));
  world.run();
  EXPECT_EQ(world.peer().text(), "bye");
  EXPECT_EQ(world.peer().closed, CloseKind::fin);
  EXPECT_EQ(world.peer().closed_at, begin + 10ms);
  EXPECT_EQ(client.closed, CloseKind::fin);
  EXPECT_EQ(client.closed_at, begin + 20ms) << "told when the other end knows";
  // The answer of an end that has only heard the FIN is no close of its own.
  EXPECT_EQ(world.lines(EventKind::end),
            (std::vector<std::string>{"+20.000 ms  a#1  -> FIN", "+30.000 ms  a#1  ->| FIN"}));
}

TEST(LinkClose, ServerClosesInTheSameWay) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  world.peer().stream->send(bytes_of("bye"));
  world.peer().stream->close();
  world.run();
  EXPECT_EQ(client.text(), "bye");
  EXPECT_EQ(client.closed, CloseKind::fin);
  EXPECT_EQ(world.peer().closed, CloseKind::fin);
  EXPECT_EQ(world.lines(EventKind::end),
            (std::vector<std::string>{"+20.000 ms  a#1  |<- FIN", "+30.000 ms  a#1  <- FIN"}));
}

TEST(LinkClose, BytesStillComeToTheEndThatClosedFirst) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  client.stream->close();
  world.run_for(5ms);
  world.peer().stream->send(bytes_of("on its way"));
  world.run();
  EXPECT_EQ(client.text(), "on its way");
  EXPECT_EQ(client.closed, CloseKind::fin);
}

TEST(LinkClose, CrossingFinsCloseBothEnds) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  client.stream->close();
  world.peer().stream->close();
  world.run();
  EXPECT_EQ(client.closed, CloseKind::fin);
  EXPECT_EQ(world.peer().closed, CloseKind::fin);
  EXPECT_EQ(world.lines(EventKind::end),
            (std::vector<std::string>{"+20.000 ms  a#1  -> FIN", "+20.000 ms  a#1  |<- FIN",
                                      "+30.000 ms  a#1  ->| FIN", "+30.000 ms  a#1  <- FIN"}));
}

TEST(LinkClose, LettingGoClosesAndSwallows) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  client.stream->send(bytes_of("bye"));
  client.stream->set_events(nullptr);
  world.peer().stream->send(bytes_of("to nobody"));
  world.run();
  EXPECT_EQ(world.peer().text(), "bye");
  EXPECT_EQ(world.peer().closed, CloseKind::fin);
  EXPECT_TRUE(client.all.empty());
  EXPECT_FALSE(client.closed.has_value());
  client.stream->send(bytes_of("x"));  // harmless
  client.stream->close();
  client.stream->reset();
  client.stream->set_events(&client);
  world.run();
  EXPECT_EQ(client.stream->queued_bytes(), 0u);
}

TEST(LinkClose, EventsCanBeHandedOver) {
  World world;
  ClientEnd& client = world.open_and_wait();
  Recorder heir(world.loop);
  client.stream->set_events(&heir);
  world.peer().stream->send(bytes_of("hello"));
  world.peer().stream->close();
  world.run();
  EXPECT_TRUE(client.all.empty());
  EXPECT_EQ(heir.text(), "hello");
  EXPECT_EQ(heir.closed, CloseKind::fin);
}

TEST(LinkClose, HalfCloseKeepsTheOtherDirectionUntilItsOwnerCloses) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  const Time begin = world.loop.now();
  world.peer().do_on_half_close = [] { return true; };
  client.stream->close();
  world.run_for(1s);
  EXPECT_EQ(world.peer().half_closed, begin + 10ms);
  EXPECT_FALSE(client.closed.has_value());
  world.peer().stream->send(bytes_of("still here"));
  world.run_for(1s);
  EXPECT_EQ(client.text(), "still here");
  world.peer().stream->close();
  world.run();
  EXPECT_EQ(client.closed, CloseKind::fin);
  EXPECT_FALSE(world.peer().closed.has_value()) << "nothing is told after its own close";
  EXPECT_EQ(world.lines(EventKind::end),
            (std::vector<std::string>{"+20.000 ms  a#1  -> FIN", "+30.000 ms  a#1  ->| FIN",
                                      "+2020.000 ms  a#1  |<- FIN", "+2030.000 ms  a#1  <- FIN"}));
}

TEST(LinkClose, HalfClosedEndIsToldNothingAfterItsOwnClose) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  world.peer().do_on_half_close = [] { return true; };
  client.stream->close();
  world.run();
  world.peer().stream->close();
  client.stream->reset();
  world.run();
  world.network.reset();
  EXPECT_FALSE(world.peer().closed.has_value());
}

TEST(LinkClose, HalfClosedEndHearsAReset) {
  World world;
  ClientEnd& client = world.open_and_wait();
  world.peer().do_on_half_close = [] { return true; };
  client.stream->close();
  world.run();
  client.stream->reset();
  world.run();
  EXPECT_EQ(world.peer().closed, CloseKind::reset);
}

// --- RST ---

TEST(LinkReset, IsToldAfterTheLatencyAndOvertakesWhatIsOnItsWay) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  const Time begin = world.loop.now();
  client.stream->send(bytes_of("lost"));
  world.peer().stream->send(bytes_of("lost too"));
  world.run_for(5ms);
  client.stream->reset();
  world.run();
  EXPECT_TRUE(world.peer().all.empty());
  EXPECT_EQ(world.peer().closed, CloseKind::reset);
  EXPECT_EQ(world.peer().closed_at, begin + 15ms);
  EXPECT_TRUE(client.all.empty());
  EXPECT_FALSE(client.closed.has_value()) << "on_close does not follow at the end that resets";
  EXPECT_EQ(world.lines(EventKind::end),
            (std::vector<std::string>{"+25.000 ms  a#1  -> RST", "+35.000 ms  a#1  ->| RST"}));
}

TEST(LinkReset, DoesNotWaitForBytesThatItOvertakes) {
  World world;
  world.set_weather("bandwidth=8kbit");
  ClientEnd& client = world.open_and_wait();
  client.stream->send(Bytes(1000, 'x'));
  client.stream->reset();
  world.run();
  EXPECT_EQ(world.peer().closed, CloseKind::reset);
  EXPECT_EQ(world.peer().closed_at, Time(0s));
}

TEST(LinkReset, DoesNotLoseWhatHasArrivedAlready) {
  World world;
  ClientEnd& client = world.open_and_wait();
  world.peer().stream->send(bytes_of("DISCONNECT"));
  world.peer().stream->reset();
  world.run();
  EXPECT_EQ(client.text(), "DISCONNECT");
  EXPECT_EQ(client.closed, CloseKind::reset);
}

TEST(LinkReset, OvertakesFin) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  client.stream->close();
  client.stream->reset();
  world.run();
  EXPECT_EQ(world.peer().closed, CloseKind::reset);
  EXPECT_FALSE(client.closed.has_value());
}

TEST(LinkReset, AfterTheOtherEndHasClosed) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  world.peer().stream->close();
  world.run_for(5ms);
  client.stream->reset();
  world.run();
  EXPECT_EQ(world.peer().closed, CloseKind::reset);
  EXPECT_FALSE(client.closed.has_value());
}

TEST(LinkReset, CrossingResetsAreToldToNobody) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  client.stream->reset();
  world.peer().stream->reset();
  world.run();
  EXPECT_FALSE(client.closed.has_value());
  EXPECT_FALSE(world.peer().closed.has_value());
}

// --- calls from inside what is told ---

TEST(LinkReentrancy, AnsweringFromInsideOnBytesTakesTurns) {
  World world;
  ClientEnd& client = world.open_and_wait();
  int rallies = 0;
  client.do_on_bytes = [&](ByteView bytes) {
    if (++rallies < 50) client.stream->send(bytes);
  };
  world.peer().do_on_bytes = [&](ByteView bytes) { world.peer().stream->send(bytes); };
  client.stream->send(bytes_of("ball"));
  world.run();
  EXPECT_EQ(rallies, 50);
  EXPECT_EQ(client.all.size(), 200u);
}

TEST(LinkReentrancy, SendingIntoTheDirectionThatDelivers) {
  World world;
  ClientEnd& client = world.open_and_wait();
  int more = 0;
  world.peer().do_on_bytes = [&](ByteView bytes) {
    const Bytes copy(bytes.begin(), bytes.end());
    // Grows the queue that is being emptied; the view has to stay valid.
    while (more < 1000) client.stream->send(Bytes(static_cast<std::size_t>(++more), 'y'));
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), copy.begin()));
  };
  client.stream->send(bytes_of("x"));
  world.run();
  EXPECT_EQ(world.peer().all.size(), 1u + 1000u * 1001u / 2u);
}

TEST(LinkReentrancy, DirectionThatFeedsItselfLetsTheLoopCount) {
  World world;
  ClientEnd& client = world.open_and_wait();
  world.peer().do_on_bytes = [&](ByteView) { client.stream->send(bytes_of("again")); };
  client.stream->send(bytes_of("x"));
  EXPECT_EQ(world.loop.run_ready(100), 100u) << "the bound of a driver is kept";
  EXPECT_EQ(world.peer().arrivals.size(), 100u);
  world.peer().do_on_bytes = nullptr;
  world.run();
}

TEST(LinkReentrancy, EveryCallFromInsideEveryEvent) {
  enum class Event { open, bytes, half_close, close };
  enum class Call { close, reset, let_go, send, let_go_and_close };
  for (const Event event : {Event::open, Event::bytes, Event::half_close, Event::close}) {
    for (const Call call : {Call::close, Call::reset, Call::let_go, Call::send, Call::let_go_and_close}) {
      for (const bool is_client : {true, false}) {
        for (const bool on_the_other_end : {true, false}) {
          for (const char* weather : {"", "latency=1ms chunk=1"}) {
            World world;
            world.set_weather(weather);
            ClientEnd& client = world.open();
            int times_left = 3;  // two ends that answer for ever would be another test
            const auto act = [&] {
              if (times_left-- <= 0) return;
              Stream& stream =
                  is_client != on_the_other_end ? *client.stream : static_cast<Stream&>(*world.peer().stream);
              if (call == Call::close) stream.close();
              if (call == Call::reset) stream.reset();
              if (call == Call::let_go) stream.set_events(nullptr);
              if (call == Call::send) stream.send(bytes_of("from inside"));
              if (call == Call::let_go_and_close) {
                stream.set_events(nullptr);
                stream.close();
                stream.reset();
              }
            };
            const auto prepare = [&](Recorder& end) {
              if (event == Event::open) end.do_on_open = act;
              if (event == Event::bytes) end.do_on_bytes = [&](ByteView) { act(); };
              if (event == Event::close) end.do_on_close = [&](CloseKind) { act(); };
              if (event == Event::half_close) {
                end.do_on_half_close = [&] {
                  act();
                  return false;
                };
              }
            };
            if (is_client) prepare(client);
            world.run();
            if (!is_client) prepare(world.peer());
            client.stream->send(bytes_of("hello"));
            world.peer().stream->send(bytes_of("hello"));
            world.run();
            client.stream->close();
            world.run();
            world.peer().stream->close();
            world.run();
            EXPECT_FALSE(world.loop.has_ready());
          }
        }
      }
    }
  }
}

// --- the end of the network ---

TEST(NetworkEnd, TellsTheSystemUnderTestAndNobodyElse) {
  World world;
  world.set_weather("latency=1s");
  ClientEnd& open = world.open("open");
  ClientEnd& closing = world.open("closing");
  world.run();
  closing.stream->close();
  world.open("opening");
  world.run_for(1s);
  const std::size_t events = world.trace.events().size();
  world.peer(0).do_on_close = [&](CloseKind) {
    world.peer(0).stream->set_events(nullptr);  // as owners do when they are destroyed
    world.peer(2).stream->send(bytes_of("farewell"));
  };
  world.network.reset();
  EXPECT_EQ(world.peer(0).closed, CloseKind::reset);
  EXPECT_EQ(world.peer(1).closed, CloseKind::fin) << "it had heard before";
  EXPECT_EQ(world.peer(2).closed, CloseKind::reset);
  EXPECT_FALSE(open.closed.has_value());
  EXPECT_EQ(world.trace.events().size(), events) << "nothing is recorded";
  EXPECT_FALSE(world.loop.has_ready());
  EXPECT_FALSE(world.loop.next_deadline().has_value());
}

}  // namespace
}  // namespace holdfast
