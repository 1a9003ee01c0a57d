//! Doubles as the decimal numbers they show as, for exact amounts and for rounding as people do.

/// A decimal number: so many times a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: i128,
    /// Power of ten.
    scale: i32,
}

impl Decimal {
    /// The decimal number with the fewest digits that reads as this double; `None` for infinities.
    pub(super) fn of(number: f64) -> Option<Self> {
        let shown = format!("{number:e}");
        let (digits, scale) = shown.split_once('e')?;
        let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let scale = scale.parse::<i32>().ok()? - i32::try_from(decimals).ok()?;
        Some(Self { digits: digits.replace('.', "").parse().ok()?, scale })
    }

    /// A whole number.
    pub(super) fn whole(int: i64) -> Self {
        Self { digits: i128::from(int), scale: 0 }
    }

    /// So many units times this, rounded to whole units.
    pub(super) fn times(self, units: i64) -> Option<i64> {
        let product = i128::from(units).checked_mul(self.digits)?;
        let rounded = match u32::try_from(self.scale) {
            Ok(up) => product.checked_mul(if product == 0 { 1 } else { 10_i128.checked_pow(up)? })?,
            Err(_) => divided(product, self.scale.unsigned_abs()),
        };
        i64::try_from(rounded).ok()
    }

    /// So many units divided by this, rounded to whole units; `None` also for 0.
    pub(super) fn divide(self, units: i64) -> Option<i64> {
        let units = i128::from(units);
        let (above, below) = match u32::try_from(self.scale) {
            // A divisor beyond what can be held leaves nothing.
            Ok(up) => match 10_i128.checked_pow(up).and_then(|power| self.digits.checked_mul(power)) {
                Some(below) => (units, below),
                None => return Some(0),
            },
            Err(_) => (units.checked_mul(10_i128.checked_pow(self.scale.unsigned_abs())?)?, self.digits),
        };
        if below == 0 { None } else { i64::try_from(rounded(above, below)).ok() }
    }

    /// The double nearest to it with so many decimals.
    pub(super) fn round(self, decimals: u32) -> Option<f64> {
        let beyond = match u32::try_from(-self.scale) {
            Ok(own) if own > decimals => own - decimals,
            _ => return format!("{}e{}", self.digits, self.scale).parse().ok(),
        };
        format!("{}e-{decimals}", divided(self.digits, beyond)).parse().ok()
    }
}

/// Divided by a power of ten, halves away from 0.
fn divided(value: i128, power: u32) -> i128 {
    10_i128.checked_pow(power).map_or(0, |below| rounded(value, below))
}

/// The whole number nearest to the quotient, halves away from 0.
fn rounded(above: i128, below: i128) -> i128 {
    let (quotient, rest) = (above / below, above % below);
    let half = below.unsigned_abs() - rest.unsigned_abs() <= rest.unsigned_abs();
    match (half, (above < 0) == (below < 0)) {
        (false, _) => quotient,
        (true, true) => quotient + 1,
        (true, false) => quotient - 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_round_as_they_show() {
        let round = |number, decimals| Decimal::of(number).and_then(|number| number.round(decimals));
        assert_eq!(round(2.675, 2), Some(2.68));
        assert_eq!(round(2.5, 0), Some(3.0));
        assert_eq!(round(-2.5, 0), Some(-3.0));
        assert_eq!(round(1e300, 2), Some(1e300));
        assert_eq!(round(1e-300, 15), Some(0.0));
        assert_eq!(round(123.0, 0), Some(123.0));
        assert_eq!(round(0.1 + 0.2, 15), Some(0.3));
    }

    #[test]
    fn units_are_exact() {
        let tenth = Decimal::of(0.1).unwrap();
        assert_eq!(tenth.times(1_000_000_000), Some(100_000_000));
        assert_eq!(tenth.divide(1_000_000_000), Some(10_000_000_000));
        assert_eq!(Decimal::whole(3).divide(100), Some(33));
        assert_eq!(Decimal::whole(-3).divide(200), Some(-67));
        assert_eq!(Decimal::of(1e300).unwrap().times(1), None);
        assert_eq!(Decimal::of(1e300).unwrap().times(0), Some(0));
        assert_eq!(Decimal::of(1e-300).unwrap().times(i64::MAX), Some(0));
        assert_eq!(Decimal::of(1e300).unwrap().divide(i64::MAX), Some(0));
        assert_eq!(Decimal::whole(0).divide(1), None);
    }

    proptest! {
        #[test]
        fn nothing_overflows(number in any::<f64>(), units in any::<i64>(), decimals in 0_u32..20) {
            if let Some(decimal) = Decimal::of(number) {
                let _ = (decimal.times(units), decimal.divide(units), decimal.round(decimals));
                prop_assert_eq!(decimal.round(400), Some(number));
            }
        }
    }
}
