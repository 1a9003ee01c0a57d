//! Storage with handles that know when what they stood for is gone. Knows nothing of performances.

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU32;

/// How many elements were in a place before; never 0, so that no handle takes no more room than a handle.
type Generation = NonZeroU32;

/// Stands for an element of a [`Slab`]; of no use once that element was removed.
pub struct Handle<T> {
    at: u32,
    generation: Generation,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at && self.generation == other.generation
    }
}

impl<T> Eq for Handle<T> {}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at, self.generation)
    }
}

/// Elements in places that are used again.
#[derive(Debug)]
pub struct Slab<T> {
    places: Vec<(Generation, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    /// Keeps an element. Places are given out last freed first, so that the same steps give the same handles.
    pub fn insert(&mut self, element: T) -> Handle<T> {
        if let Some(at) = self.free.pop() {
            let place = &mut self.places[at as usize];
            place.1 = Some(element);
            return Handle { at, generation: place.0, of: PhantomData };
        }
        let at = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.places.push((Generation::MIN, Some(element)));
        Handle { at, generation: Generation::MIN, of: PhantomData }
    }

    /// Takes an element out.
    pub fn remove(&mut self, handle: Handle<T>) -> Option<T> {
        let place = self.places.get_mut(handle.at as usize)?;
        if place.0 != handle.generation {
            return None;
        }
        let element = place.1.take()?;
        place.0 = place.0.checked_add(1).unwrap_or(Generation::MIN);
        self.free.push(handle.at);
        Some(element)
    }

    /// Drops an element where it lies.
    pub fn discard(&mut self, handle: Handle<T>) {
        if let Some(place) = self.places.get_mut(handle.at as usize)
            && place.0 == handle.generation
            && place.1.is_some()
        {
            place.1 = None;
            place.0 = place.0.checked_add(1).unwrap_or(Generation::MIN);
            self.free.push(handle.at);
        }
    }

    /// The element, if it is still there.
    pub fn get(&self, handle: Handle<T>) -> Option<&T> {
        let (generation, element) = self.places.get(handle.at as usize)?;
        if *generation == handle.generation { element.as_ref() } else { None }
    }

    /// The element, if it is still there.
    pub fn get_mut(&mut self, handle: Handle<T>) -> Option<&mut T> {
        let (generation, element) = self.places.get_mut(handle.at as usize)?;
        if *generation == handle.generation { element.as_mut() } else { None }
    }

    /// All elements, with their handles.
    pub fn iter(&self) -> impl Iterator<Item = (Handle<T>, &T)> {
        (0..).zip(&self.places).filter_map(|(at, (generation, element))| {
            Some((Handle { at, generation: *generation, of: PhantomData }, element.as_ref()?))
        })
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Slab;

    #[test]
    fn a_handle_outlives_its_element_without_harm() {
        let mut slab = Slab::default();
        let first = slab.insert("a");
        assert_eq!(slab.remove(first), Some("a"));
        let second = slab.insert("b");
        assert_eq!(slab.get(first), None);
        assert_eq!(slab.get(second), Some(&"b"));
        assert_eq!(slab.len(), 1);
    }
}
