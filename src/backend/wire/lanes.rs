//! On which connection a call goes. HTTP/1 has one call on a connection at a time, and the client keeps as
//! many as are needed. HTTP/2 has many, but a server takes only so many of them: past those, calls would wait
//! for one another. So calls are spread over lanes: a lane is a client, and has one connection to a place.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use url::{Position, Url};

use super::address::Target;
use super::dial::Turns;

/// Calls that go on one connection before another is made: what servers commonly take.
const CALLS: usize = 100;
/// Most connections to one place; past them, lanes hold more calls.
pub(super) const LANES: usize = 64;
/// Most places that are kept in mind once nobody holds an address at them.
const KEPT: usize = 1_024;

/// One scheme, host and port.
#[derive(Debug, Default)]
pub(super) struct Place {
    lanes: Mutex<Vec<Load>>,
}

#[derive(Debug, Default)]
struct Load {
    calls: usize,
    turns: Arc<Turns>,
}

/// A call's place on a lane; left when dropped.
#[derive(Debug)]
pub(super) struct Lane {
    place: Arc<Place>,
    pub(super) number: usize,
    pub(super) turns: Arc<Turns>,
}

/// Takes a lane to the place of an address: the first that has room.
pub(super) fn lane(target: &Target) -> Lane {
    target.lanes(place).clone().enter()
}

/// The one place that all addresses at it share.
fn place(url: &Url) -> Arc<Place> {
    static PLACES: LazyLock<Mutex<HashMap<String, Arc<Place>>>> = LazyLock::new(Mutex::default);
    let name = &url[..Position::BeforePath];
    let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(place) = places.get(name) {
        return place.clone();
    }
    if places.len() >= KEPT {
        places.retain(|_, place| Arc::strong_count(place) > 1);
    }
    places.entry(name.to_owned()).or_default().clone()
}

impl Place {
    fn enter(self: Arc<Self>) -> Lane {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let roomy = lanes.iter().position(|lane| lane.calls < CALLS);
        let number = match roomy {
            Some(number) => number,
            None if lanes.len() < LANES => {
                lanes.push(Load::default());
                lanes.len() - 1
            }
            None => lanes.iter().enumerate().min_by_key(|(_, lane)| lane.calls).map_or(0, |(at, _)| at),
        };
        lanes[number].calls += 1;
        let turns = lanes[number].turns.clone();
        drop(lanes);
        Lane { place: self, number, turns }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let mut lanes = self.place.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get_mut(self.number) {
            lane.calls -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_fill_one_lane_after_the_other_and_leave_room_behind() {
        let place = Arc::new(Place::default());
        let mut all: Vec<Lane> = (0..1_000).map(|_| place.clone().enter()).collect();
        assert_eq!(all.iter().map(|lane| lane.number).max(), Some(9));
        drop(all.remove(5));
        assert_eq!(place.clone().enter().number, 0);
        let more: Vec<Lane> = (0..9_000).map(|_| place.clone().enter()).collect();
        assert!(more.iter().all(|lane| lane.number < LANES));
    }
}
