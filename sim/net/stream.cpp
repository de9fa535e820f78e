#include "sim/net/stream.h"

namespace holdfast {

std::string_view name_of(CloseKind kind) {
  switch (kind) {
    case CloseKind::fin:
      return "fin";
    case CloseKind::reset:
      return "reset";
    case CloseKind::refused:
      return "refused";
  }
  return {};
}

}  // namespace holdfast
