//! Tells whether a number is read as it is written.

/// Whether `value`, which was read from `text`, is the same number. An integer is none that became
/// one with a fraction, because it has more than 64 bits.
pub(super) fn is_exact(text: &str, value: f64) -> bool {
    let is_integer = !text.contains(['.', 'e', 'E']);
    !is_integer && digits(text) == digits(&format!("{value:e}"))
}

/// Returns the digits of a number without zeros at both ends, which do not change with the exponent.
fn digits(number: &str) -> String {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::is_exact;

    #[test]
    fn a_number_keeps_its_digits() {
        for (text, exact) in [
            ("1.5", true),
            ("-0.10", true),
            ("1e3", true),
            ("+12.50E-3", true),
            ("0.0", true),
            ("0.30000000000000004", true),
            ("0.1234567890123456789", false),
            ("1e-400", false),
            ("9223372036854775808", false),
            ("-99999999999999999999", false),
        ] {
            let value = text.parse().unwrap_or_default();
            assert_eq!(is_exact(text, value), exact, "{text}");
        }
    }
}
