//! Numbers of calls, as runs: what waits for all above must not list all above.

use std::fmt;

use serde::Serialize;

/// Numbers in rising order, as runs from first to last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Numbers {
    runs: Vec<(u32, u32)>,
}

impl Numbers {
    /// All up to this one.
    pub(super) fn up_to(last: u32) -> Self {
        Self { runs: if last > 0 { vec![(1, last)] } else { Vec::new() } }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.runs.iter().flat_map(|(first, last)| *first..=*last)
    }
}

/// Of numbers in rising order.
impl FromIterator<u32> for Numbers {
    fn from_iter<T: IntoIterator<Item = u32>>(numbers: T) -> Self {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for number in numbers {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == number => *last = number,
                _ => runs.push((number, number)),
            }
        }
        Self { runs }
    }
}

/// `1, 2, 5–9`
impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (first, last)) in self.runs.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            match last - first {
                0 => write!(f, "{comma}{first}")?,
                1 => write!(f, "{comma}{first}, {last}")?,
                _ => write!(f, "{comma}{first}–{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn runs_read_as_runs() {
        let numbers: Numbers = [1, 2, 4, 6, 7, 8].into_iter().collect();
        assert_eq!(numbers.to_string(), "1, 2, 4, 6–8");
        assert_eq!(numbers.iter().count(), 6);
    }
}
