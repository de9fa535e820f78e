// Ctrl-C while a run is on.
#pragma once

namespace holdfast {

// From now on SIGINT and SIGTERM end the program at once with one line and exit code 130. That is orderly:
// reports are written whole or not at all, and the sockets close. What a live broker keeps for the clients of
// the run (Sessions, retained messages) stays there.
//
// `progress_line`: a progress line stands on standard error and has to be cleared first.
void end_on_interrupt(bool progress_line);

}  // namespace holdfast
