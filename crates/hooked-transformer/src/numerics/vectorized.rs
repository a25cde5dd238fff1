//! Loops over slices, compiled again for processors with wider vectors than every x86-64 has.
//!
//! Programs are compiled for the oldest processor of their kind, whose vectors hold four numbers. Elementwise loops gain
//! from eight or sixteen. The arithmetic is the same, number by number, and so is the result.

/// Defines a function that runs with sixteen or eight numbers per vector where the processor can. What it calls must be marked
/// `#[inline(always)]` to be compiled along with it.
macro_rules! vectorized {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $output:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name($($arg: $type),*) $(-> $output)? {
            #[inline(always)]
            fn anywhere($($arg: $type),*) $(-> $output)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn with_avx2($($arg: $type),*) $(-> $output)? {
                anywhere($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f")]
            fn with_avx512($($arg: $type),*) $(-> $output)? {
                anywhere($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx512f") {
                // SAFETY: the processor was asked a line above.
                #[expect(unsafe_code, reason = "code for some processors only may run on no other")]
                return unsafe { with_avx512($($arg),*) };
            }
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor was asked a line above.
                #[expect(unsafe_code, reason = "code for some processors only may run on no other")]
                return unsafe { with_avx2($($arg),*) };
            }
            anywhere($($arg),*)
        }
    };
}

pub(crate) use vectorized;
