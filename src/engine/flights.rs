//! Operations in flight, by their handles and by their ids.

use std::collections::HashMap;

use crate::instrument::CallId;

use super::doing::{Flight, FlightHandle, IdHasher};
use super::slab::Slab;

/// Operations in flight.
#[derive(Debug, Default)]
pub struct Flights {
    all: Slab<Flight>,
    /// Looked up in, never gone through.
    by_id: HashMap<CallId, FlightHandle, IdHasher>,
}

impl Flights {
    /// Keeps one.
    pub fn insert(&mut self, flight: Flight) -> FlightHandle {
        let id = flight.id;
        let handle = self.all.insert(flight);
        self.by_id.insert(id, handle);
        handle
    }

    /// The one with this id.
    pub fn find(&self, id: CallId) -> Option<FlightHandle> {
        self.by_id.get(&id).copied()
    }

    /// Takes one out.
    pub fn remove(&mut self, handle: FlightHandle) -> Option<Flight> {
        let flight = self.all.remove(handle)?;
        self.by_id.remove(&flight.id);
        Some(flight)
    }

    pub fn get(&self, handle: FlightHandle) -> Option<&Flight> {
        self.all.get(handle)
    }

    pub fn get_mut(&mut self, handle: FlightHandle) -> Option<&mut Flight> {
        self.all.get_mut(handle)
    }

    /// All of them, in an order that the same steps give again.
    pub fn iter(&self) -> impl Iterator<Item = (FlightHandle, &Flight)> {
        self.all.iter()
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }
}
