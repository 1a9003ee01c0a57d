//! `score plan`

use std::collections::BTreeMap;
use std::sync::Arc;

use super::exit::Exit;
use super::options::Perform;
use super::run::Ready;
use super::{run, terminal};
use crate::backend;
use crate::models::Prices;
use crate::plan::{Casting, Outline};
use crate::session::Performance;
use crate::value::{Instrument, Value};

/// Says what will run, without running it.
pub(super) fn plan(options: &Perform) -> Exit {
    let ready = match run::ready(options) {
        Ok(ready) => ready,
        Err(exit) => return exit,
    };
    let Some(outline) = outline(&ready) else { return Exit::Usage };
    let text = if ready.matches.get_flag("json") {
        serde_json::to_string_pretty(&outline).unwrap_or_default()
    } else if ready.matches.get_flag("order") {
        outline.show_order()
    } else {
        outline.show()
    };
    if terminal::result(&text).is_ok() { Exit::Done } else { Exit::Failed }
}

/// What will run.
pub(super) fn outline(ready: &Ready) -> Option<Outline> {
    let performance = Performance::new(&ready.planned, ready.movement);
    let mut seats: BTreeMap<String, Arc<Instrument>> = BTreeMap::new();
    for seated in &ready.seats {
        // A seat that can't be made yet (a variable that isn't set) is planned as it was declared.
        let made = ready.planned.instrument(&seated.hidden, performance.given());
        if let Some(Ok(Value::Instrument(instrument))) = made {
            seats.insert(seated.chair.clone(), instrument);
        }
    }
    let prices = Prices::new(ready.prices.clone());
    let casting = Casting { backends: backend::all(), seats: &seats, prices: &prices };
    Outline::of(ready.planned.plan(), ready.movement, casting, ready.planned.sources())
}
