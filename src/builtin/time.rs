//! Time and identity.

use super::argument::signature;
use super::{Builtin, Run, SizeFlow};
use crate::instrument::Class;
use crate::types::Type;

const CLOCK: Run = Run::World { instrument: "clock", class: Class::Reads };

pub(super) static ROWS: &[Builtin] = &[
    Builtin {
        name: "today",
        doc: "The date where the score is performed, which the run remembers.",
        example: ("today()", ""),
        signature: || signature([], Type::Date),
        needs: &[],
        size: SizeFlow::None,
        run: CLOCK,
    },
    Builtin {
        name: "now",
        doc: "The time, which the run remembers.",
        example: ("now()", ""),
        signature: || signature([], Type::Time),
        needs: &[],
        size: SizeFlow::None,
        run: CLOCK,
    },
    Builtin {
        name: "call_id",
        doc: "The path of the call it stands in, the same whenever the run is resumed: a key for services that \
              do a thing once.",
        example: ("call_id()", ""),
        signature: || signature([], Type::Text),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Special,
    },
];
