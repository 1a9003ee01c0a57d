//! `[prices]` in `score.toml`: what models cost, before what the program knows of them.

use toml::de::{DeTable, DeValue};

use super::settings::{Reader, Settings};
use crate::value::{Money, parse_money};

/// What a model costs, as `score.toml` says it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnPrice {
    /// Whose: `service/model`, `host/model` or `model`.
    pub model: String,
    /// What a call costs, where it costs the same each time.
    pub call: Option<Money>,
    /// What a million tokens cost that are read.
    pub input: Option<Money>,
    /// What a million tokens cost that are written.
    pub output: Option<Money>,
    /// What a million tokens cost that are read from the provider's cache.
    pub cached: Option<Money>,
    /// What a million tokens cost that are put into the provider's cache.
    pub stored: Option<Money>,
    /// What a million tokens cost that are read from sounds.
    pub heard: Option<Money>,
    /// The most tokens that it reads.
    pub window: Option<u64>,
    /// The most tokens that it writes.
    pub longest: Option<u64>,
}

const KEYS: [&str; 8] = ["input", "output", "cached", "stored", "heard", "call", "window", "longest"];

impl Reader<'_> {
    /// Takes all lines of `[prices]`.
    pub(super) fn prices(&mut self, lines: &DeTable<'_>, settings: &mut Settings) {
        for (model, value) in lines {
            let name = model.get_ref().to_string();
            let DeValue::Table(written) = value.get_ref() else {
                let help = format!(
                    "Write dollars per million tokens: `\"{name}\" = {{ input = 0.25, output = 2 }}`, or `{{ call = 0.01 }}`."
                );
                self.bad(&name, value.get_ref(), help, value.span());
                continue;
            };
            let mut price = OwnPrice { model: name.clone(), ..OwnPrice::default() };
            let before = self.wrong.len();
            for (key, value) in written {
                let key_name = &**key.get_ref();
                let amount = dollars(value.get_ref());
                let slot = match key_name {
                    "input" => &mut price.input,
                    "output" => &mut price.output,
                    "cached" => &mut price.cached,
                    "stored" => &mut price.stored,
                    "heard" => &mut price.heard,
                    "call" => &mut price.call,
                    "window" | "longest" => {
                        let tokens = whole(value.get_ref());
                        if tokens.is_none() {
                            let help = format!("Write a number of tokens: `{key_name} = 128000`.");
                            self.bad(key_name, value.get_ref(), help, value.span());
                        }
                        *(if key_name == "window" { &mut price.window } else { &mut price.longest }) = tokens;
                        continue;
                    }
                    other => {
                        self.unknown(other, &KEYS, key.span());
                        continue;
                    }
                };
                if amount.is_none() {
                    let help = format!("Write dollars: `{key_name} = 0.25`.");
                    self.bad(key_name, value.get_ref(), help, value.span());
                }
                *slot = amount;
            }
            let one_alone = price.input.is_some() != price.output.is_some();
            if one_alone && self.wrong.len() == before {
                let help = "Say both `input` and `output`, in dollars per million tokens.".to_owned();
                self.bad(&name, value.get_ref(), help, value.span());
            }
            settings.prices.push(price);
        }
    }
}

/// Dollars, exactly as they are written.
fn dollars(value: &DeValue<'_>) -> Option<Money> {
    let text = match value {
        DeValue::Integer(whole) if whole.radix() == 10 => whole.as_str().replace('_', ""),
        DeValue::Float(number) => number.as_str().replace('_', ""),
        DeValue::String(text) => text.trim_start_matches('$').to_owned(),
        _ => return None,
    };
    parse_money(&format!("${text}"))
}

fn whole(value: &DeValue<'_>) -> Option<u64> {
    match value {
        DeValue::Integer(whole) if whole.radix() == 10 => whole.as_str().replace('_', "").parse().ok(),
        _ => None,
    }
}
