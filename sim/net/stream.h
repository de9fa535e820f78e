// Network Connections as both worlds see them: a duplex byte stream with an end that sends, closes or resets
// and an owner that hears of bytes and of the close.
//
// The system under test stands behind an Acceptor: the reference broker is one, so is a TCP address. That is
// the whole seam between simulated and live runs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/mqtt/packet.h"

namespace holdfast {

// How a connection ended, as one end sees it.
enum class CloseKind : std::uint8_t {
  fin,      // orderly end of the stream
  reset,    // RST
  refused,  // it never came to be: refused, unreachable, or no answer in time
};

std::string_view name_of(CloseKind kind);

// What an owner of one end is told. Called from the loop, never from inside a call to the same Stream.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual void on_open() {}                   // at the opening end: the connection is established
  virtual void on_bytes(ByteView bytes) = 0;  // the view is valid during the call; never empty
  virtual void on_close(CloseKind kind) = 0;  // once, and nothing follows
  // FIN has come and no bytes will. False: this end is closed as well and on_close(fin) follows at once.
  // True: the owner goes on sending, and calls close(), reset() or set_events(nullptr) when it is done;
  // nothing but on_writable and on_close(reset) is told until then, and nothing at all from then on.
  virtual bool on_half_close() { return false; }
  virtual void on_writable() {}  // queued_bytes() has fallen to zero after send()
};

// One end. Valid until on_close has been called or set_events(nullptr) has been. (A stream of a Network lives
// as long as the network, and calls after its end have no effect.)
class Stream {
 public:
  virtual ~Stream() = default;
  // nullptr lets go: nothing more is told, and an open end is closed.
  virtual void set_events(StreamEvents* events) = 0;
  // In order and without loss while the connection lives. No effect after close() or reset(). What is sent
  // before on_open waits for it.
  virtual void send(ByteView bytes) = 0;
  // Sends FIN behind everything sent. Bytes from the other end still come until it closes as well.
  virtual void close() = 0;
  // Sends RST: what is on its way, and would arrive later than now, is lost in both directions. on_close
  // does not follow at this end.
  virtual void reset() = 0;
  // Bytes sent and not yet taken by the network: what a slow reader leaves behind.
  virtual std::size_t queued_bytes() const = 0;
};

// The end at the system under test, which decides whether the connection comes to be.
class ServerStream : public Stream {
 public:
  // One of the two, once. Nothing is sent before accept(). No effect if the client has given up meanwhile,
  // of which on_close(reset) told.
  virtual void accept() = 0;
  virtual void refuse(std::string_view why) = 0;
};

class Acceptor {
 public:
  virtual ~Acceptor() = default;
  // A client asks for a connection. Sets its events on the stream, and answers with accept() or refuse(),
  // now or later. The stream outlives the connection.
  virtual void connect(ServerStream& stream) = 0;
};

}  // namespace holdfast
