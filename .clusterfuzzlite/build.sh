#!/bin/bash -eu
exec "$SRC/holdfast/fuzz/oss-fuzz/build.sh"
