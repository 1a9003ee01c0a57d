//! What a call shows while it lasts, and what it says before it is sent.

use std::sync::Arc;

use super::perform::{Seen, View};
use crate::instrument::{CallId, Event, Failure, FailureKind, Watch};
use crate::journal::Marks;

/// Passes what is seen of one call on to the view.
pub(super) struct CallWatch {
    pub(super) id: CallId,
    pub(super) view: Arc<dyn View>,
    pub(super) live: bool,
    /// Where it is marked before it is sent, if it is.
    pub(super) marks: Option<Arc<Marks>>,
}

impl Watch for CallWatch {
    fn event(&self, event: Event) {
        self.view.see(Seen::Event(self.id, event));
    }

    fn wants_text(&self) -> bool {
        self.live
    }

    fn sending(&self) -> Result<(), Failure> {
        let marked = self.marks.as_ref().map_or(Ok(()), |marks| marks.mark(self.id));
        marked.map_err(|error| Failure::new(FailureKind::Cancelled, error.to_string()))
    }
}
