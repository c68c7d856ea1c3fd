//! Scores as a general mean plus one effect of each factor plus noise, where the effects of a factor
//! are normal around 0 with a variance of their own, and the variances are estimated too.
//!
//! Given the variances, effects and their covariance are the solution of Henderson's mixed model
//! equations (Henderson 1975); it draws an effect to 0 the more, the fewer scores speak of it. The
//! variances are those of restricted maximum likelihood, found by the fixed point of Schall (1991):
//! a factor's sum of squared effects over the number of effects that the scores really determine.

use std::iter;

/// Where a score, or a question about one, stands in a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// At this level.
    Known(usize),
    /// At a level that was never seen: its effect may be anything that the variance allows.
    New,
    /// At the mean over levels, whose effect is 0.
    Mean,
}

/// Scores with the same levels.
#[derive(Clone, Debug)]
pub struct Group {
    /// One for each factor.
    pub levels: Vec<Level>,
    /// How many scores there are.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

/// A fitted model.
#[derive(Clone, Debug)]
pub struct Mixed {
    columns: Columns,
    /// The general mean, then the effects, factor by factor.
    effects: Vec<f64>,
    /// Of [`Self::effects`].
    covariance: Square,
    /// Of each factor's effects.
    variances: Vec<f64>,
    /// Variance of a score around the sum of its effects.
    noise: f64,
}

/// What is expected of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Its mean.
    pub mean: f64,
    /// Variance of that mean.
    pub variance: f64,
}

/// No variance falls below this share of the scores', so that it can be divided by.
const LEAST: f64 = 1e-6;
/// Prior variance of the general mean in variances of the scores: as good as none.
const WIDE: f64 = 1e6;
/// The fixed point is reached when no variance moves by more than this share of the scores'.
const STILL: f64 = 1e-4;
/// It is reached in some 20 rounds; this bounds them.
const ROUNDS: usize = 200;

impl Mixed {
    /// Fits a model with `factors` of so many levels each to scores.
    #[must_use]
    pub fn fit(factors: &[usize], groups: &[Group]) -> Self {
        let columns = Columns::of(factors);
        let total = Totals::of(&columns, groups);
        let scale = total.variance().max(f64::MIN_POSITIVE.sqrt());
        let mut variances = vec![scale / (factors.len() + 1) as f64; factors.len()];
        let mut noise = scale / 2.0;
        let mut rounds = 0;
        loop {
            let mut precision = total.cross.clone();
            precision.scale(1.0 / noise);
            precision.add(0, 1.0 / (WIDE * scale));
            for (factor, variance) in variances.iter().enumerate() {
                columns
                    .range(factor)
                    .for_each(|column| precision.add(column, 1.0 / variance));
            }
            let covariance = precision.inverse();
            let effects: Vec<f64> = covariance
                .times(&total.sums)
                .map(|effect| effect / noise)
                .collect();
            let mut determined = 1.0;
            let mut moved = 0.0_f64;
            let before = variances.clone();
            for (factor, variance) in variances.iter_mut().enumerate() {
                let range = columns.range(factor);
                let open: f64 = range.clone().map(|column| covariance.at(column)).sum();
                let own = (range.len() as f64 - open / *variance).max(LEAST);
                let squares: f64 = effects[range].iter().map(|effect| effect * effect).sum();
                let next = (squares / own).max(LEAST * scale);
                determined += own;
                moved = moved.max((next - *variance).abs());
                *variance = next;
            }
            let left = (total.count - determined).max(1.0);
            let next = (total.residual(&effects) / left).max(LEAST * scale);
            moved = moved.max((next - noise).abs());
            rounds += 1;
            if moved <= STILL * scale || rounds == ROUNDS {
                return Self {
                    columns,
                    effects,
                    covariance,
                    variances: before,
                    noise,
                };
            }
            noise = next;
        }
    }

    /// The expected score at `levels`, one for each factor.
    #[must_use]
    pub fn expect(&self, levels: &[Level]) -> Moments {
        let columns: Vec<usize> = self.columns.known(levels).collect();
        let new = levels
            .iter()
            .zip(&self.variances)
            .filter(|(level, _)| **level == Level::New)
            .map(|(_, variance)| variance);
        Moments {
            mean: columns.iter().map(|column| self.effects[*column]).sum(),
            variance: self.covariance.sum(&columns) + new.sum::<f64>(),
        }
    }

    /// Variances of the factors' effects, in the order of the factors.
    #[must_use]
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// Variance of a score around its expectation if all effects were known.
    #[must_use]
    pub const fn noise(&self) -> f64 {
        self.noise
    }
}

/// Where each factor's effects begin; the general mean comes first.
#[derive(Clone, Debug)]
struct Columns(Vec<usize>);

impl Columns {
    fn of(factors: &[usize]) -> Self {
        let ends = factors.iter().scan(1, |end, levels| {
            *end += levels;
            Some(*end)
        });
        Self(iter::once(1).chain(ends).collect())
    }

    fn count(&self) -> usize {
        self.0.last().copied().unwrap_or(1)
    }

    fn range(&self, factor: usize) -> std::ops::Range<usize> {
        self.0[factor]..self.0[factor + 1]
    }

    /// The columns of the general mean and of all known levels.
    fn known<'a>(&'a self, levels: &'a [Level]) -> impl Iterator<Item = usize> + 'a {
        let starts = self.0.iter().zip(levels);
        iter::once(0).chain(starts.filter_map(|(start, level)| match level {
            Level::Known(level) => Some(start + level),
            Level::New | Level::Mean => None,
        }))
    }
}

/// What the equations need to know of the scores.
struct Totals {
    count: f64,
    squares: f64,
    /// Sum of the scores in each column.
    sums: Vec<f64>,
    /// How many scores two columns share.
    cross: Square,
}

impl Totals {
    fn of(columns: &Columns, groups: &[Group]) -> Self {
        let mut total = Self {
            count: 0.0,
            squares: 0.0,
            sums: vec![0.0; columns.count()],
            cross: Square::zero(columns.count()),
        };
        for group in groups {
            total.count += group.count;
            total.squares += group.squares;
            let known: Vec<usize> = columns.known(&group.levels).collect();
            for row in &known {
                total.sums[*row] += group.sum;
                for column in &known {
                    total.cross.row_mut(*row)[*column] += group.count;
                }
            }
        }
        total
    }

    fn variance(&self) -> f64 {
        let count = self.count.max(1.0);
        (self.squares - self.sums[0] * self.sums[0] / count) / count
    }

    /// Sum of the squared differences between scores and the sums of their effects.
    fn residual(&self, effects: &[f64]) -> f64 {
        let fitted = self.cross.times(effects).zip(effects).zip(&self.sums);
        let explained: f64 = fitted
            .map(|((crossed, effect), sum)| effect * (2.0 * sum - crossed))
            .sum();
        (self.squares - explained).max(0.0)
    }
}

/// A symmetric matrix, row by row.
#[derive(Clone, Debug)]
struct Square {
    size: usize,
    cells: Vec<f64>,
}

impl Square {
    fn zero(size: usize) -> Self {
        Self {
            size,
            cells: vec![0.0; size * size],
        }
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.size..][..self.size]
    }

    fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.cells[row * self.size..][..self.size]
    }

    /// A number of the diagonal.
    fn at(&self, place: usize) -> f64 {
        self.row(place)[place]
    }

    fn add(&mut self, place: usize, number: f64) {
        self.row_mut(place)[place] += number;
    }

    fn scale(&mut self, factor: f64) {
        self.cells.iter_mut().for_each(|cell| *cell *= factor);
    }

    fn times<'a>(&'a self, vector: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        (0..self.size).map(|row| dot(self.row(row), vector))
    }

    /// Sum over the rows and columns `chosen`.
    fn sum(&self, chosen: &[usize]) -> f64 {
        let rows = chosen.iter().map(|row| self.row(*row));
        rows.map(|row| chosen.iter().map(|column| row[*column]).sum::<f64>())
            .sum()
    }

    /// The inverse of a positive definite matrix, by its Cholesky factor.
    fn inverse(&self) -> Self {
        let mut factor = Self::zero(self.size);
        for row in 0..self.size {
            for column in 0..=row {
                let known = dot(&factor.row(row)[..column], &factor.row(column)[..column]);
                let rest = self.row(row)[column] - known;
                factor.row_mut(row)[column] = if row == column {
                    rest.max(f64::MIN_POSITIVE).sqrt()
                } else {
                    rest / factor.at(column)
                };
            }
        }
        // Row by row: the transposed inverse of the factor, whose rows multiply to the inverse.
        let mut inverse_factor = Self::zero(self.size);
        for column in 0..self.size {
            for row in column..self.size {
                let known = dot(
                    &factor.row(row)[column..row],
                    &inverse_factor.row(column)[column..row],
                );
                let unit = if row == column { 1.0 } else { 0.0 };
                inverse_factor.row_mut(column)[row] = (unit - known) / factor.at(row);
            }
        }
        let mut inverse = Self::zero(self.size);
        for row in 0..self.size {
            for column in 0..=row {
                let cell = dot(
                    &inverse_factor.row(row)[row..],
                    &inverse_factor.row(column)[row..],
                );
                inverse.row_mut(row)[column] = cell;
                inverse.row_mut(column)[row] = cell;
            }
        }
        inverse
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
