//! Choosing a token from logits. The random numbers are this file's own, so that a seed means the same in every version.

/// How tokens are chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taste {
    /// 0 or less: always the likeliest.
    pub temperature: f32,
    /// Share of probability to choose from, above 0 to 1.
    pub top_p: f32,
    /// Start of the random numbers.
    pub seed: u64,
}

/// Divides the logit of a word that was written lately (multiplies where negative): Keskar et al. 2019, section 4.1.
const REPEAT_PENALTY: f32 = 1.1;
/// Tokens of the answer that count as "lately".
const REPEAT_WINDOW: usize = 64;

// A run of words that stands in the answer already becomes less likely the longer it gets, so that a small model does
// not turn in circles until its length is spent: the "DRY" penalty with the values llama.cpp recommends for it,
// `ECHO_WEIGHT * ECHO_BASE ^ (length - ECHO_FREE)` off the logit (<https://github.com/ggml-org/llama.cpp/pull/9702>).
const ECHO_WEIGHT: f32 = 0.8;
const ECHO_BASE: f32 = 1.75;
/// Words in a row that may stand twice.
const ECHO_FREE: usize = 2;
/// Longer echoes count as this long.
const ECHO_LONGEST: usize = 32;

/// Chooses tokens for one answer.
#[derive(Debug)]
pub(super) struct Sampler {
    taste: Taste,
    state: u64,
    weights: Vec<(u32, f32)>,
}

impl Sampler {
    /// A sampler at the start of its seed.
    pub(super) fn new(taste: Taste) -> Self {
        Self { taste, state: taste.seed, weights: Vec::new() }
    }

    /// The next token among those that `allowed` admits; `None` where it admits none.
    ///
    /// `recent` is the answer so far; those of its last tokens that `is_word` admits are made less likely, and what
    /// would say a run of its words again.
    pub(super) fn pick(
        &mut self,
        logits: &mut [f32],
        recent: &[u32],
        is_word: impl Fn(u32) -> bool,
        allowed: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        penalise(logits, &recent[recent.len().saturating_sub(REPEAT_WINDOW)..], &is_word);
        quieten(logits, recent, &is_word);
        self.weights.clear();
        let candidates =
            (0u32..).zip(logits.iter().copied()).filter(|(id, logit)| allowed(*id) && !logit.is_nan());
        if self.taste.temperature <= 0.0 {
            return candidates.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(id, _)| id);
        }
        self.weights.extend(candidates);
        self.draw()
    }

    /// Draws from `weights` (logits) by temperature and top-p.
    fn draw(&mut self) -> Option<u32> {
        let best = self.weights.iter().map(|(_, logit)| *logit).max_by(f32::total_cmp)?;
        for (_, weight) in &mut self.weights {
            *weight = ((*weight - best) / self.taste.temperature).exp();
        }
        // Below a millionth of the best a token is never drawn; most of the vocabulary goes here, before the sort.
        self.weights.retain(|(_, weight)| *weight > 1e-6);
        self.weights.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let total: f32 = self.weights.iter().map(|(_, weight)| weight).sum();
        let mut kept = 0.0;
        let mut count = 0;
        for (_, weight) in &self.weights {
            kept += weight;
            count += 1;
            if kept >= total * self.taste.top_p {
                break;
            }
        }
        let mut point = self.unit() * kept;
        for (id, weight) in &self.weights[..count] {
            point -= weight;
            if point <= 0.0 {
                return Some(*id);
            }
        }
        self.weights[..count].last().map(|(id, _)| *id)
    }

    /// A number from 0 up to 1: `SplitMix64` (Steele, Lea, Flood 2014), its upper 24 bits.
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit an f32 exactly")]
    fn unit(&mut self) -> f32 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f32 / 16_777_216.0
    }
}

/// Makes each distinct word of `recent` less likely, once.
fn penalise(logits: &mut [f32], recent: &[u32], is_word: impl Fn(u32) -> bool) {
    for (index, id) in recent.iter().enumerate() {
        if recent[..index].contains(id) || !is_word(*id) {
            continue;
        }
        if let Some(logit) = logits.get_mut(*id as usize) {
            *logit = if *logit > 0.0 { *logit / REPEAT_PENALTY } else { *logit * REPEAT_PENALTY };
        }
    }
}

/// Makes each word less likely that would go on with a run of words as `written` did before.
///
/// What is no word ends a run: punctuation, digits and the marks of JSON repeat as they must.
fn quieten(logits: &mut [f32], written: &[u32], is_word: impl Fn(u32) -> bool) {
    let run = written.iter().rev().take(ECHO_LONGEST).take_while(|id| is_word(**id)).count();
    if run < ECHO_FREE {
        return;
    }
    let mut echoes: Vec<(u32, usize)> = Vec::new();
    for (before, next) in written.iter().enumerate().skip(ECHO_FREE) {
        let same = written[..before].iter().rev().zip(written.iter().rev()).take(run);
        let length = same.take_while(|(one, other)| one == other).count();
        if length < ECHO_FREE || !is_word(*next) {
            continue;
        }
        match echoes.iter_mut().find(|(id, _)| id == next) {
            Some((_, longest)) => *longest = length.max(*longest),
            None => echoes.push((*next, length)),
        }
    }
    for (id, length) in echoes {
        if let Some(logit) = logits.get_mut(id as usize) {
            *logit -= (0..length - ECHO_FREE).fold(ECHO_WEIGHT, |penalty, _| penalty * ECHO_BASE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick(taste: Taste, times: usize) -> Vec<Option<u32>> {
        let mut sampler = Sampler::new(taste);
        (0..times).map(|_| sampler.pick(&mut [0.0, 2.0, 1.9, -9.0], &[], |_| true, |id| id != 3)).collect()
    }

    #[test]
    fn zero_temperature_takes_the_likeliest() {
        assert_eq!(pick(Taste { temperature: 0.0, top_p: 1.0, seed: 1 }, 1), [Some(1)]);
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let taste = Taste { temperature: 1.0, top_p: 1.0, seed: 7 };
        let drawn = pick(taste, 50);
        assert_eq!(drawn, pick(taste, 50));
        assert!(drawn.contains(&Some(1)) && drawn.contains(&Some(2)), "{drawn:?}");
        assert!(!drawn.contains(&Some(3)));
    }

    #[test]
    fn a_small_top_p_is_greedy() {
        let drawn = pick(Taste { temperature: 1.0, top_p: 0.1, seed: 3 }, 30);
        assert!(drawn.iter().all(|id| *id == Some(1)));
    }

    #[test]
    fn a_repeated_word_gives_way() {
        let mut sampler = Sampler::new(Taste { temperature: 0.0, top_p: 1.0, seed: 0 });
        assert_eq!(sampler.pick(&mut [0.0, 2.0, 1.9], &[1, 1], |_| true, |_| true), Some(2));
        assert_eq!(sampler.pick(&mut [0.0, 2.0, 1.9], &[1, 1], |_| false, |_| true), Some(1));
    }

    #[test]
    fn a_run_of_words_is_not_said_again() {
        let said = |written: &[u32]| {
            let mut logits = [9.0; 8];
            quieten(&mut logits, written, |id| id != 7);
            logits
        };
        // 1 2 3 stood already, after 1 2 the 3 costs a little, after 0 1 2 more.
        assert_eq!(said(&[1, 2, 3, 5, 1, 2])[3], 9.0 - ECHO_WEIGHT);
        assert_eq!(said(&[0, 1, 2, 3, 5, 0, 1, 2])[3], 9.0 - ECHO_WEIGHT * ECHO_BASE);
        // One word in common is no run, nor is one that a mark interrupts.
        assert_eq!(said(&[0, 2, 3, 5, 1, 2]), [9.0; 8]);
        assert_eq!(said(&[1, 7, 2, 3, 5, 1, 7, 2]), [9.0; 8]);
        assert_eq!(said(&[1, 2, 7, 5, 1, 2]), [9.0; 8]);
    }

    #[test]
    fn nothing_allowed_gives_nothing() {
        let mut sampler = Sampler::new(Taste { temperature: 0.5, top_p: 1.0, seed: 0 });
        assert_eq!(sampler.pick(&mut [0.0, 2.0], &[], |_| true, |_| false), None);
    }
}
