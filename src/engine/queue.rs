//! The claims of a file in the order in which they are decided, and which of them stand there twice.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{HashMap, HashSet},
    hash::{BuildHasher, Hasher},
    sync::Arc,
};

use bumpalo::Bump;
use hashbrown::{DefaultHashBuilder, HashTable};
use rayon::slice::ParallelSliceMut;

use super::decide::shown;
use crate::{
    claim::{Claim, Claims, Value, canonical},
    program::{Identity, Program},
};

/// The claims of a file in the order in which they are decided, by their numbers.
pub struct Queue<'p> {
    program: &'p Program,
    claims: &'p Claims,
    pub(super) order: Vec<u32>,
    /// Those without a readable id, date or order, by line.
    pub(super) unreadable: Vec<u32>,
    /// Where content is the id.
    contents: Contents,
    /// Those whose id stands in the file with different content, with the lines of all of them.
    conflicts: HashMap<u32, Arc<[u64]>>,
    /// Those that stand in the file before, with the same id and content.
    repeats: HashSet<u32>,
    /// The id of its only claim, where that is known.
    named: Option<&'p str>,
}

/// The hashes of contents, by the numbers of claims.
#[derive(Debug, Default)]
struct Contents {
    digests: Vec<u128>,
    /// How many exact copies stand before a claim, where there are any.
    copies: HashMap<u32, u32>,
}

/// Where a claim stands in the order: the start of what is compared, as bytes that compare alike.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: [u64; 2],
    number: u32,
}

impl<'p> Queue<'p> {
    /// The queue of the claims of a file.
    pub fn new(program: &'p Program, claims: &'p Claims) -> Self {
        let mut queue = Self {
            program,
            claims,
            order: Vec::new(),
            unreadable: Vec::new(),
            contents: Contents::default(),
            conflicts: HashMap::new(),
            repeats: HashSet::new(),
            named: None,
        };
        let places = queue.places();
        match &program.claim.id {
            Identity::Fields(fields) => queue.find_repeats(&places, fields),
            Identity::Content => queue.hash_contents(&places),
        }
        queue.sort(places);
        queue
    }

    /// The queue of one claim that was decided before under an id.
    pub fn named(program: &'p Program, claims: &'p Claims, id: &'p str) -> Self {
        Self { named: Some(id), ..Self::new(program, claims) }
    }

    /// How many claims there are, those that can't be queued among them.
    pub fn count(&self) -> usize {
        self.order.len() + self.unreadable.len()
    }

    /// Hands out the first claims of the order with their ids, those that can't be queued last, and what comes of that.
    pub fn each_first<E>(&self, count: usize, take: &mut dyn FnMut(&str, Claim<'_>) -> Result<(), E>) -> Result<(), E> {
        let mut scratch = Bump::new();
        for number in self.order.iter().take(count) {
            let claim = self.claims.claim(*number as usize);
            take(self.id(claim, &scratch), claim)?;
            scratch.reset();
        }
        for number in self.unreadable.iter().take(count.saturating_sub(self.order.len())) {
            let claim = self.claims.claim(*number as usize);
            take(&unreadable_id(self.program, claim), claim)?;
        }
        Ok(())
    }

    /// Whether a run of this program over these claims would queue them in the same way.
    pub fn fits(&self, program: &Program, claims: &Claims) -> bool {
        let (one, other) = (&self.program.claim, &program.claim);
        let alike = one.id == other.id && one.order == other.order && one.date == other.date;
        alike && one.fields.len() == other.fields.len() && std::ptr::eq(self.claims, claims)
    }

    /// The lines of all claims with the same id, where they differ.
    pub(super) fn conflict(&self, number: u32) -> Option<&[u64]> {
        if self.conflicts.is_empty() { None } else { self.conflicts.get(&number).map(|lines| &**lines) }
    }

    /// Whether a claim stands before with the same id and content. It then stands right behind it in the order, since
    /// all that the order looks at is the same.
    pub(super) fn repeats(&self, number: u32) -> bool {
        !self.repeats.is_empty() && self.repeats.contains(&number)
    }

    /// The id as outcomes show it.
    pub(super) fn id<'c>(&'c self, claim: Claim<'c>, scratch: &'c Bump) -> &'c str {
        if let Some(named) = self.named {
            return named;
        }
        match &self.program.claim.id {
            Identity::Fields(fields) => match id_of(claim, fields) {
                Cow::Borrowed(id) => id,
                Cow::Owned(id) => scratch.alloc_str(&id),
            },
            Identity::Content => {
                let hash = self.contents.digests.get(claim.number()).copied().unwrap_or_default() >> 48;
                match self.contents.copies.get(&number_of(claim)) {
                    None => scratch.alloc_str(&format!("{hash:020x}")),
                    Some(copies) => scratch.alloc_str(&format!("{hash:020x}-{}", copies + 1)),
                }
            }
        }
    }

    /// The fields that the order looks at, those of the id behind the program's.
    fn order_fields(&self) -> Vec<usize> {
        let plan = &self.program.claim;
        let id_fields = if let Identity::Fields(fields) = &plan.id { fields.as_slice() } else { &[] };
        plan.order.iter().chain(id_fields).copied().collect()
    }

    /// The places of claims that can be queued, in the order of the file; the others are put aside.
    fn places(&mut self) -> Vec<Place> {
        let fields = self.order_fields();
        let mut places = Vec::with_capacity(self.claims.count());
        for claim in self.claims.iter() {
            let number = number_of(claim);
            if can_queue(self.program, claim) {
                places.push(Place { start: start_of_order(claim, &fields), number });
            } else {
                self.unreadable.push(number);
            }
        }
        places
    }

    /// Whether each id comes behind the one before it, as in most files: then none stands twice.
    fn ids_rise(&self, places: &[Place], fields: &[usize]) -> bool {
        let claims = places.iter().map(|place| self.claims.claim(place.number as usize).row());
        claims.is_sorted_by(|before, next| {
            let order = fields.iter().map(|field| before.value(*field).order(&next.value(*field)));
            order.into_iter().find(|order| order.is_ne()) == Some(Ordering::Less)
        })
    }

    fn find_repeats(&mut self, places: &[Place], fields: &[usize]) {
        if self.ids_rise(places, fields) {
            return;
        }
        let hasher = DefaultHashBuilder::default();
        let mut first: HashTable<u32> = HashTable::with_capacity(places.len());
        let mut groups: HashMap<u32, Vec<u32>> = HashMap::new();
        for &Place { number, .. } in places {
            let claim = self.claims.claim(number as usize);
            let mut id = hasher.build_hasher();
            for field in fields {
                claim.row().encode(*field, &mut |piece| id.write(piece));
            }
            let hash = id.finish();
            let same = |other: &u32| {
                let other = self.claims.claim(*other as usize);
                fields.iter().all(|field| other.value(*field) == claim.value(*field))
            };
            match first.find(hash, same) {
                Some(known) => groups.entry(*known).or_insert_with(|| vec![*known]).push(number),
                None => {
                    // There is room for all, so that nothing is ever hashed again.
                    first.insert_unique(hash, number, |_| 0);
                }
            }
        }
        // In any order: what is made of a group doesn't depend on the others.
        for group in groups.into_values() {
            self.judge_same_id(&group);
        }
    }

    /// Claims with one id are repeats of the first, or none of them is meant.
    fn judge_same_id(&mut self, group: &[u32]) {
        let content = |number: &u32| canonical(content(self.program, self.claims.claim(*number as usize)));
        let one = group.first().map(content);
        if group.iter().skip(1).all(|number| Some(content(number)) == one) {
            self.repeats.extend(group.iter().skip(1));
            return;
        }
        let lines: Arc<[u64]> = group.iter().map(|number| self.claims.claim(*number as usize).line()).collect();
        self.conflicts.extend(group.iter().map(|number| (*number, Arc::clone(&lines))));
    }

    fn hash_contents(&mut self, places: &[Place]) {
        let mut copies: HashMap<u128, u32> = HashMap::with_capacity(places.len());
        self.contents.digests.resize(self.claims.count(), 0);
        for &Place { number, .. } in places {
            let digest = content_hash(self.program, self.claims.claim(number as usize), []);
            if let Some(kept) = self.contents.digests.get_mut(number as usize) {
                *kept = digest;
            }
            let before = copies.entry(digest).or_default();
            if *before > 0 {
                self.contents.copies.insert(number, *before);
            }
            *before += 1;
        }
    }

    /// Sorts by the program's order; ties by id, then by line.
    fn sort(&mut self, mut places: Vec<Place>) {
        let fields = self.order_fields();
        places.par_sort_unstable_by(|left, right| {
            left.start.cmp(&right.start).then_with(|| self.compare(&fields, left.number, right.number))
        });
        self.order = places.iter().map(|place| place.number).collect();
    }

    fn compare(&self, fields: &[usize], left: u32, right: u32) -> Ordering {
        let (one, other) = (self.claims.claim(left as usize), self.claims.claim(right as usize));
        let unequal =
            fields.iter().map(|field| one.value(*field).order(&other.value(*field))).find(|order| order.is_ne());
        let digest = |number: u32| self.contents.digests.get(number as usize);
        unequal.unwrap_or_else(|| digest(left).cmp(&digest(right))).then(left.cmp(&right))
    }
}

pub(super) fn number_of(claim: Claim<'_>) -> u32 {
    // INVARIANT: claims are numbered in 32 bits.
    u32::try_from(claim.number()).unwrap_or(u32::MAX)
}

fn can_queue(program: &Program, claim: Claim<'_>) -> bool {
    let (plan, row) = (&program.claim, claim.row());
    let filled = |field: &usize| row.is_filled(*field);
    let whole_row = claim.deficiencies().iter().any(|deficiency| deficiency.field.is_none());
    let id = match &plan.id {
        Identity::Fields(fields) => fields.iter().all(filled),
        Identity::Content => true,
    };
    id && !whole_row && filled(&plan.date) && plan.order.iter().all(filled)
}

/// All fields; what can't be read stands as it was written.
fn content<'c>(program: &Program, claim: Claim<'c>) -> impl Iterator<Item = Value<'c>> {
    (0..program.claim.fields.len()).map(move |field| {
        let unread = claim.deficiencies().iter().find(|deficiency| deficiency.field == Some(field));
        unread.map_or_else(|| claim.value(field), |deficiency| Value::Text(&deficiency.text))
    })
}

/// The id of a claim that can't be queued; empty where it can't be read.
pub(super) fn unreadable_id<'c>(program: &Program, claim: Claim<'c>) -> Cow<'c, str> {
    match &program.claim.id {
        Identity::Fields(fields) if fields.iter().all(|field| claim.row().is_filled(*field)) => id_of(claim, fields),
        _ => Cow::Borrowed(""),
    }
}

/// Parts of an id are joined with `/`; one inside a part is marked, so that no two ids look the same.
pub(super) fn id_of<'c>(claim: Claim<'c>, fields: &[usize]) -> Cow<'c, str> {
    match fields {
        [only] => shown(claim.value(*only)),
        fields => {
            let part = |field: &usize| shown(claim.value(*field)).replace('\\', "\\\\").replace('/', "\\/");
            Cow::Owned(fields.iter().map(part).collect::<Vec<_>>().join("/"))
        }
    }
}

/// The first bytes of fields, such that they compare as the fields do as far as they go.
fn start_of_order(claim: Claim<'_>, fields: &[usize]) -> [u64; 2] {
    let mut start = Start { bytes: [0; 16], count: 0 };
    for field in fields {
        match claim.value(*field) {
            Value::Boolean(boolean) => start.put(&[u8::from(boolean)]),
            Value::Integer(integer) => start.put(&(integer ^ i64::MIN).to_be_bytes()),
            Value::Date(date) => start.put(&(chrono::Datelike::num_days_from_ce(&date) ^ i32::MIN).to_be_bytes()),
            Value::Text(text) => start.put_text(text.as_bytes()),
            // The bytes of numbers don't compare as the numbers do; the claims themselves are compared.
            Value::Nothing | Value::Decimal(_) | Value::List(_) => break,
        }
        if start.count >= start.bytes.len() {
            break;
        }
    }
    let half = |range: std::ops::Range<usize>| {
        start.bytes.get(range).and_then(|half| half.try_into().ok()).map_or(0, u64::from_be_bytes)
    };
    [half(0..8), half(8..16)]
}

/// The start of what is compared, as far as there is room.
struct Start {
    bytes: [u8; 16],
    count: usize,
}

impl Start {
    fn put(&mut self, bytes: &[u8]) {
        let room = self.bytes.get_mut(self.count..).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        self.count += bytes.len();
    }

    /// A text that ends comes before one that goes on. No byte of a text is so high that it can't be raised.
    fn put_text(&mut self, text: &[u8]) {
        let room = self.bytes.get_mut(self.count..).unwrap_or_default();
        room.iter_mut().zip(text).for_each(|(place, byte)| *place = byte.saturating_add(1));
        self.count += text.len() + 1;
    }
}

/// The hash of all fields of a claim, and of what else it is decided by.
pub(super) fn content_hash<'c>(
    program: &Program,
    claim: Claim<'c>,
    beside: impl IntoIterator<Item = Value<'c>>,
) -> u128 {
    hash(&canonical(content(program, claim).chain(beside)))
}

fn hash(bytes: &[u8]) -> u128 {
    let hash = blake3::hash(bytes);
    hash.as_bytes().iter().take(16).fold(0, |number, byte| (number << 8) | u128::from(*byte))
}
