//! One quick question to a place, outside of any performance: does it answer at all?

use std::time::Duration;

use http::StatusCode;

use crate::instrument::{Class, Event, Failure, Watch};

use super::gate::gate;
use super::order::{Order, exchange};
use super::patience::{Patience, Timeouts};
use super::request::Request;
use super::secrets::Secrets;
use super::status::Again;

/// How long it may take.
const QUICK: Duration = Duration::from_secs(5);
/// Most that is read of the answer: a list of all of a service's models.
const MOST: usize = 4 << 20;

struct Nobody;

impl Watch for Nobody {
    fn event(&self, _event: Event) {}

    fn wants_text(&self) -> bool {
        false
    }
}

/// Sends a request once, and gives the status and the body of the answer. All of its headers stay with its host.
pub(in crate::backend) async fn glance(
    request: Request,
    secrets: Secrets,
) -> Result<(StatusCode, Vec<u8>), Failure> {
    let gate = gate(&["glance", request.target.url().as_str()], None, None);
    let private = request.headers.keys().cloned().collect();
    let order = Order {
        request,
        private,
        class: Class::Reads,
        repeatable: false,
        again: |_| Again::Never,
        patience: Patience::new(Timeouts { total: Some(QUICK), ..Timeouts::default() }, None),
        prior: false,
        gate,
        secrets,
        watch: &Nobody,
    };
    let mut answered = exchange(&order).await?;
    let body = answered.body(MOST).await.unwrap_or_default();
    Ok((answered.status(), body))
}
