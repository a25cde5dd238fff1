//! Wrong clipping, wrong steps of AdamW, wrong rates, and wrong steps of training.

use grading::ex07::{Gradients, Moments, Next};
use hooked_transformer::{HookedTransformer, Tokens};
use ndarray::{ArrayD, ArrayViewD, ArrayViewMutD};
use solution_07_training::{
    BETA_1, BETA_2, EPSILON, MAX_NORM, PEAK_RATE, WARM_UP, WEIGHT_DECAY, adamw_step, clip_gradients, mean_loss,
    model_gradients,
};

/// A `train_step`: of a model, the averages, a batch and what comes next in it, the step, and its rate. Its
/// signature is long, so wrong ones are constants.
type TrainStep = fn(&mut HookedTransformer, &mut Moments, &Tokens, &Next, usize, f32) -> f32;

fn length<'a>(gradients: impl Iterator<Item = &'a ArrayD<f32>>) -> f32 {
    gradients.flatten().map(|x| x * x).sum::<f32>().sqrt()
}

/// Shortens by this measure of length.
fn by(gradients: &mut Gradients, max_norm: f32, norm: f32) -> f32 {
    if norm > max_norm {
        gradients.values_mut().for_each(|gradient| *gradient *= max_norm / norm);
    }
    norm
}

pub fn each_by_itself(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let norm = length(gradients.values());
    for gradient in gradients.values_mut() {
        let own = length([&*gradient].into_iter());
        if own > max_norm {
            *gradient *= max_norm / own;
        }
    }
    norm
}

pub fn norm_afterward(gradients: &mut Gradients, max_norm: f32) -> f32 {
    clip_gradients(gradients, max_norm).min(max_norm)
}

pub fn always_that_long(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let norm = length(gradients.values());
    gradients.values_mut().for_each(|gradient| *gradient *= max_norm / norm);
    norm
}

pub fn zero_by_zero(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let norm = length(gradients.values());
    gradients.values_mut().for_each(|gradient| gradient.mapv_inplace(|x| x * norm.min(max_norm) / norm));
    norm
}

pub fn entry_by_entry(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let norm = length(gradients.values());
    gradients.values_mut().for_each(|gradient| gradient.mapv_inplace(|x| x.clamp(-max_norm, max_norm)));
    norm
}

pub fn without_root(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let norm = length(gradients.values()).powi(2);
    by(gradients, max_norm, norm)
}

pub fn largest_entry(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let norm = gradients.values().flatten().fold(0.0_f32, |a, b| a.max(b.abs()));
    by(gradients, max_norm, norm)
}

pub fn sum_of_lengths(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let norm = gradients.values().map(|gradient| length([gradient].into_iter())).sum();
    by(gradients, max_norm, norm)
}

pub fn longest(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let norm = gradients.values().map(|gradient| length([gradient].into_iter())).fold(0.0, f32::max);
    by(gradients, max_norm, norm)
}

pub fn sum_of_sizes(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let norm = gradients.values().flatten().map(|x| x.abs()).sum();
    by(gradients, max_norm, norm)
}

pub fn only_measured(gradients: &mut Gradients, _max_norm: f32) -> f32 {
    length(gradients.values())
}

/// AdamW with one rule exchanged.
struct Adam {
    correct: fn(i32) -> (f32, f32),
    m: fn(f32, f32) -> f32,
    /// Of the old average, the gradient, and the new `m`.
    v: fn(f32, f32, f32) -> f32,
    /// Of both corrected averages.
    direction: fn(f32, f32) -> f32,
    /// What is added to the gradient: of the weight and the decay.
    into_gradient: fn(f32, f32) -> f32,
    /// The factor of the weights: of rate and decay.
    shrink: fn(f32, f32) -> f32,
    /// The factor of the direction.
    rate: fn(f32) -> f32,
}

const ADAM: Adam = Adam {
    correct: |step| (1.0 - BETA_1.powi(step), 1.0 - BETA_2.powi(step)),
    m: |m, g| BETA_1 * m + (1.0 - BETA_1) * g,
    v: |v, g, _| BETA_2 * v + (1.0 - BETA_2) * g * g,
    direction: |m, v| m / (v.sqrt() + EPSILON),
    into_gradient: |_, _| 0.0,
    shrink: |rate, decay| 1.0 - rate * decay,
    rate: |rate| rate,
};

type W<'a> = ArrayViewMutD<'a, f32>;

impl Adam {
    #[expect(clippy::too_many_arguments, reason = "those of the exercise, and self")]
    fn step(&self, mut weight: W, gradient: ArrayViewD<f32>, mut m: W, mut v: W, step: usize, rate: f32, decay: f32) {
        let (correct_1, correct_2) = (self.correct)(step as i32);
        for (((w, g), m), v) in weight.iter_mut().zip(&gradient).zip(&mut m).zip(&mut v) {
            let g = g + (self.into_gradient)(*w, decay);
            *m = (self.m)(*m, g);
            *v = (self.v)(*v, g, *m);
            *w = *w * (self.shrink)(rate, decay) - (self.rate)(rate) * (self.direction)(*m / correct_1, *v / correct_2);
        }
    }
}

macro_rules! adams {
    ($($name:ident: $field:ident = $rule:expr $(, $more:ident = $other:expr)*;)*) => {$(
        pub fn $name(weight: W, gradient: ArrayViewD<f32>, m: W, v: W, step: usize, rate: f32, decay: f32) {
            Adam { $field: $rule $(, $more: $other)*, ..ADAM }.step(weight, gradient, m, v, step, rate, decay);
        }
    )*};
}

adams! {
    not_corrected: correct = |_| (1.0, 1.0);
    m_not_corrected: correct = |step| (1.0, 1.0 - BETA_2.powi(step));
    v_not_corrected: correct = |step| (1.0 - BETA_1.powi(step), 1.0);
    counted_from_zero: correct = |step| (1.0 - BETA_1.powi(step - 1), 1.0 - BETA_2.powi(step - 1));
    counted_from_two: correct = |step| (1.0 - BETA_1.powi(step + 1), 1.0 - BETA_2.powi(step + 1));
    always_the_first: correct = |_| (1.0 - BETA_1, 1.0 - BETA_2);
    decay_in_gradient: into_gradient = |w, decay| decay * w, shrink = |_, _| 1.0;
    decay_without_rate: shrink = |_, decay| 1.0 - decay;
    no_decay: shrink = |_, _| 1.0;
    grows: shrink = |rate, decay| 1.0 + rate * decay;
    rate_twice: rate = |rate| rate * rate;
    epsilon_in_root: direction = |m, v| m / (v + EPSILON).sqrt();
    no_epsilon: direction = |m, v| m / v.sqrt();
    no_root: direction = |m, v| m / (v + EPSILON);
    betas_exchanged: m = |m, g| BETA_2 * m + (1.0 - BETA_2) * g, v = |v, g, _| BETA_1 * v + (1.0 - BETA_1) * g * g,
        correct = |step| (1.0 - BETA_2.powi(step), 1.0 - BETA_1.powi(step));
    weights_exchanged: m = |m, g| (1.0 - BETA_1) * m + BETA_1 * g, v = |v, g, _| (1.0 - BETA_2) * v + BETA_2 * g * g;
    square_of_average: v = |v, _, m| BETA_2 * v + (1.0 - BETA_2) * m * m;
    size_for_square: v = |v, g, _| BETA_2 * v + (1.0 - BETA_2) * g.abs();
    ascending: rate = |rate| -rate;
    gradient_whole: m = |m, g| BETA_1 * m + g;
    sign_of_gradient: direction = |m, _| m.signum();
}

pub fn decay_afterward(weight: W, gradient: ArrayViewD<f32>, m: W, v: W, step: usize, rate: f32, decay: f32) {
    let mut weight = weight;
    adamw_step(weight.view_mut(), gradient, m, v, step, rate, 0.0);
    weight *= 1.0 - rate * decay;
}

pub fn averages_not_kept(weight: W, gradient: ArrayViewD<f32>, m: W, v: W, step: usize, rate: f32, decay: f32) {
    let (mut m, mut v) = (m.to_owned(), v.to_owned());
    adamw_step(weight, gradient, m.view_mut(), v.view_mut(), step, rate, decay);
}

pub fn plain_descent(weight: W, gradient: ArrayViewD<f32>, _m: W, _v: W, _step: usize, rate: f32, decay: f32) {
    let mut weight = weight;
    weight *= 1.0 - rate * decay;
    weight.scaled_add(-rate, &gradient);
}

pub(super) fn rise(step: usize) -> f32 {
    step as f32 / WARM_UP as f32
}

fn fall(step: usize, steps: usize) -> f32 {
    (steps + 1 - step) as f32 / (steps as f32 / 5.0)
}

pub fn rate_from_zero(step: usize, steps: usize, peak: f32) -> f32 {
    peak * rise(step - 1).min(fall(step, steps)).min(1.0)
}

pub fn no_warm_up(step: usize, steps: usize, peak: f32) -> f32 {
    peak * fall(step, steps).min(1.0)
}

pub fn no_fall(step: usize, _steps: usize, peak: f32) -> f32 {
    peak * rise(step).min(1.0)
}

pub fn falls_all_the_way(step: usize, steps: usize, peak: f32) -> f32 {
    peak * rise(step).min((steps + 1 - step) as f32 / (steps + 1 - WARM_UP) as f32).min(1.0)
}

pub fn zero_at_the_last(step: usize, steps: usize, peak: f32) -> f32 {
    peak * rise(step).min((steps - step) as f32 / (steps as f32 / 5.0)).min(1.0)
}

pub fn peak_ignored(step: usize, steps: usize, _peak: f32) -> f32 {
    PEAK_RATE * rise(step).min(fall(step, steps)).min(1.0)
}

pub fn never_levels_off(step: usize, steps: usize, peak: f32) -> f32 {
    peak * rise(step).min(fall(step, steps))
}

pub fn last_tenth(step: usize, steps: usize, peak: f32) -> f32 {
    peak * rise(step).min((steps + 1 - step) as f32 / (steps as f32 / 10.0)).min(1.0)
}

/// What goes wrong in a step of training.
#[derive(Clone, Copy, PartialEq)]
enum Slip {
    NotClipped,
    ClippedEach,
    AlwaysStepOne,
    NewMoments,
    NoDecay,
    AlwaysPeak,
    NoDecayOfEmbeddings,
    LayersOnly,
    NoPositions,
    NoUnembedding,
    LossAfterward,
    Twice,
    StepsNotCounted,
}

fn slipped(
    model: &mut HookedTransformer,
    moments: &mut Moments,
    tokens: &Tokens,
    next: &Next,
    step: usize,
    rate: f32,
    slip: Slip,
) -> f32 {
    let (loss, mut gradients) = model_gradients(model, tokens, next);
    match slip {
        Slip::NotClipped => {}
        Slip::ClippedEach => {
            each_by_itself(&mut gradients, MAX_NORM);
        }
        _ => {
            clip_gradients(&mut gradients, MAX_NORM);
        }
    }
    if slip == Slip::NewMoments {
        moments.clear();
    }
    let trained = |name: &str| match slip {
        Slip::LayersOnly => name.starts_with("blocks"),
        Slip::NoPositions => name != "pos_embed.W_pos",
        Slip::NoUnembedding => name != "unembed.W_U",
        _ => true,
    };
    let step = match slip {
        Slip::AlwaysStepOne => 1,
        Slip::StepsNotCounted => step + 1,
        _ => step,
    };
    let rate = if slip == Slip::AlwaysPeak { PEAK_RATE } else { rate };
    let decays = |name: &str| match slip {
        Slip::NoDecay => false,
        Slip::NoDecayOfEmbeddings => name.starts_with("blocks"),
        _ => true,
    };
    model.update_parameters(|parameters| {
        for (name, mut weight) in parameters {
            let Some(gradient) = gradients.get(&name).filter(|_| trained(&name)) else { continue };
            let zeros = || (ArrayD::zeros(weight.shape()), ArrayD::zeros(weight.shape()));
            let decay = if decays(&name) { WEIGHT_DECAY } else { 0.0 };
            let (m, v) = moments.entry(name).or_insert_with(zeros);
            for _ in 0..if slip == Slip::Twice { 2 } else { 1 } {
                adamw_step(weight.view_mut(), gradient.view(), m.view_mut(), v.view_mut(), step, rate, decay);
            }
        }
    });
    if slip == Slip::LossAfterward {
        return mean_loss(model.forward(tokens).expect("tokens of this model").view(), next);
    }
    loss
}

macro_rules! slips {
    ($($name:ident: $slip:ident;)*) => {$(
        pub const $name: TrainStep =
            |model, moments, tokens, next, step, rate| slipped(model, moments, tokens, next, step, rate, Slip::$slip);
    )*};
}

slips! {
    NOT_CLIPPED: NotClipped;
    CLIPPED_EACH: ClippedEach;
    ALWAYS_STEP_ONE: AlwaysStepOne;
    NEW_MOMENTS: NewMoments;
    WITHOUT_DECAY: NoDecay;
    EMBEDDINGS_WITHOUT_DECAY: NoDecayOfEmbeddings;
    ALWAYS_PEAK: AlwaysPeak;
    LAYERS_ONLY: LayersOnly;
    NO_POSITIONS: NoPositions;
    NO_UNEMBEDDING: NoUnembedding;
    LOSS_AFTERWARD: LossAfterward;
    TWICE: Twice;
    STEPS_FROM_TWO: StepsNotCounted;
}

pub fn the_factor(gradients: &mut Gradients, max_norm: f32) -> f32 {
    (max_norm / clip_gradients(gradients, max_norm)).min(1.0)
}

pub fn length_one(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let norm = length(gradients.values());
    if norm > max_norm {
        gradients.values_mut().for_each(|gradient| *gradient /= norm);
    }
    norm
}

pub fn root_mean_square(gradients: &mut Gradients, max_norm: f32) -> f32 {
    let count = gradients.values().map(ArrayD::len).sum::<usize>() as f32;
    let norm = length(gradients.values()) / count.sqrt();
    by(gradients, max_norm, norm)
}

type View<'a> = ArrayViewD<'a, f32>;
type Mut<'a> = ArrayViewMutD<'a, f32>;

pub fn corrections_kept(weight: Mut, gradient: View, mut m: Mut, mut v: Mut, step: usize, rate: f32, decay: f32) {
    adamw_step(weight, gradient, m.view_mut(), v.view_mut(), step, rate, decay);
    let step = step as i32;
    m /= 1.0 - BETA_1.powi(step);
    v /= 1.0 - BETA_2.powi(step);
}

pub fn usual_beta(mut weight: Mut, gradient: View, mut m: Mut, mut v: Mut, step: usize, rate: f32, decay: f32) {
    let step = step as i32;
    m.zip_mut_with(&gradient, |m, g| *m = BETA_1 * *m + (1.0 - BETA_1) * g);
    v.zip_mut_with(&gradient, |v, g| *v = 0.999 * *v + 0.001 * g * g);
    weight *= 1.0 - rate * decay;
    let (first, second) = (1.0 - BETA_1.powi(step), 1.0 - 0.999_f32.powi(step));
    ndarray::Zip::from(&mut weight).and(&m).and(&v).for_each(|w, m, v| {
        *w -= rate * (m / first) / ((v / second).sqrt() + EPSILON);
    });
}

pub fn constant_decay(mut weight: Mut, gradient: View, m: Mut, v: Mut, step: usize, rate: f32, decay: f32) {
    adamw_step(weight.view_mut(), gradient, m, v, step, rate, 0.0);
    weight -= rate * decay;
}

/// Rises over `rise` steps and falls over `fall` of them, along `curve`.
fn rate(step: usize, steps: usize, peak: f32, rise: f32, fall: f32, curve: fn(f32) -> f32) -> f32 {
    let left = (steps + 1 - step) as f32 / (steps as f32 * fall);
    peak * (step as f32 / rise).min(1.0).min(curve(left.min(1.0)))
}

pub fn last_quarter(step: usize, steps: usize, peak: f32) -> f32 {
    rate(step, steps, peak, WARM_UP as f32, 0.25, |left| left)
}

pub fn last_half(step: usize, steps: usize, peak: f32) -> f32 {
    rate(step, steps, peak, WARM_UP as f32, 0.5, |left| left)
}

pub fn along_a_curve(step: usize, steps: usize, peak: f32) -> f32 {
    rate(step, steps, peak, WARM_UP as f32, 0.2, |left| 0.5 - 0.5 * (std::f32::consts::PI * left).cos())
}

pub fn rise_by_share(step: usize, steps: usize, peak: f32) -> f32 {
    rate(step, steps, peak, steps as f32 / 5.0, 0.2, |left| left)
}

pub const TRAIN_BY_PLAIN_DESCENT: TrainStep = |model, _, tokens, next, _, rate| {
    let (loss, mut gradients) = model_gradients(model, tokens, next);
    clip_gradients(&mut gradients, MAX_NORM);
    model.update_parameters(|parameters| {
        for (name, mut weight) in parameters {
            if let Some(gradient) = gradients.get(&name) {
                weight.scaled_add(-rate, gradient);
            }
        }
    });
    loss
};

pub const SHARED_AVERAGES: TrainStep = |model, moments, tokens, next, step, rate| {
    let (loss, mut gradients) = model_gradients(model, tokens, next);
    clip_gradients(&mut gradients, MAX_NORM);
    model.update_parameters(|parameters| {
        for (name, weight) in parameters {
            let Some(gradient) = gradients.get(&name) else { continue };
            let zeros = || (ArrayD::zeros(weight.shape()), ArrayD::zeros(weight.shape()));
            let (m, v) = moments.entry(format!("{:?}", weight.shape())).or_insert_with(zeros);
            adamw_step(weight, gradient.view(), m.view_mut(), v.view_mut(), step, rate, WEIGHT_DECAY);
        }
    });
    loss
};

pub const TWO_STEPS: TrainStep = |model, moments, tokens, next, step, rate| {
    let loss = solution_07_training::train_step(model, moments, tokens, next, step, rate);
    solution_07_training::train_step(model, moments, tokens, next, step + 1, rate);
    loss
};
