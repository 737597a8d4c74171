//! A phone whose storage outlives its program, and what tests ask of it.

use crate::flawed::{FlawedStore, Flaws};
use daka_core::adapters::crypto::Ring;
use daka_core::app::{
    Employer, Engine, ExportRange, JoinRequest, Ports, PunchRequest, PunchResult, Settings, SyncOptions, SyncReport,
};
use daka_core::domain::bundle::{Report, verify};
use daka_core::domain::crypto::{PublicKey, SignError, Signature, Signer};
use daka_core::domain::journal::{Asked, Body, Consent, ConsentGiven, Payload, Purpose};
use daka_core::domain::place::{Platform, Provider, RawFix};
use daka_core::ports::{
    Clock, ClockReading, EntryRow, Event, JournalStore, Observer, TransportError, Vault, VaultError, VaultItem,
};
use daka_core::testkit::tiny_story::{MORNING, door, warehouse};
use daka_core::testkit::wire_server::WireServer;
use daka_core::testkit::{FakeClock, FaultyStore, MemoryPhotos, MemoryStore, MemoryVault, SeededEntropy, keys, read};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// A real photograph's bytes.
pub const PHOTO: &[u8] = include_bytes!("../../src/domain/photo/testdata/progressive-17x8.jpg");

/// Runs a future whose every step is ready at once.
pub fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

/// A key store that can be locked, at once or from its n-th signature on.
pub struct LockableKey {
    key: daka_core::adapters::crypto::SoftwareKey,
    locked: AtomicBool,
    signatures: AtomicU64,
    last: AtomicU64,
}

impl LockableKey {
    pub fn lock(&self, locked: bool) {
        self.locked.store(locked, Ordering::SeqCst);
        self.last.store(u64::MAX, Ordering::SeqCst);
    }

    /// Refuses from the `n`-th signature from now on, counted from 0.
    pub fn lock_at(&self, n: u64) {
        self.last.store(self.signatures() + n, Ordering::SeqCst);
    }

    pub fn signatures(&self) -> u64 {
        self.signatures.load(Ordering::SeqCst)
    }
}

/// A vault that dies at a put: the call, and every one after it, fails until the next run.
#[derive(Clone)]
pub struct MortalVault {
    inner: MemoryVault,
    plan: Arc<Mutex<MortalPlan>>,
}

#[derive(Default)]
struct MortalPlan {
    puts: u64,
    /// The put to die at, and whether it is done first.
    dies: Option<(u64, bool)>,
    dead: bool,
}

impl MortalVault {
    fn over(inner: MemoryVault) -> Self {
        Self { inner, plan: Arc::default() }
    }

    /// Dies at the `n`-th put from now on, counted from 0; `after` it was done, or before.
    pub fn die_at(&self, n: u64, after: bool) {
        let mut plan = self.plan.lock().unwrap();
        plan.dies = Some((plan.puts + n, after));
    }

    pub fn puts(&self) -> u64 {
        self.plan.lock().unwrap().puts
    }

    fn alive(&self) -> Result<(), VaultError> {
        if self.plan.lock().unwrap().dead { Err(VaultError::Io("the process was killed".to_owned())) } else { Ok(()) }
    }
}

impl Vault for MortalVault {
    fn get(&self, item: VaultItem) -> Result<Option<Vec<u8>>, VaultError> {
        self.alive()?;
        self.inner.get(item)
    }

    fn put(&self, item: VaultItem, value: &[u8]) -> Result<(), VaultError> {
        self.alive()?;
        let (dies, after) = {
            let mut plan = self.plan.lock().unwrap();
            plan.puts += 1;
            let at = plan.dies.filter(|(n, _)| *n == plan.puts - 1);
            plan.dead |= at.is_some();
            (at.is_some(), at.is_some_and(|(_, after)| after))
        };
        if !dies || after {
            self.inner.put(item, value)?;
        }
        self.alive()
    }

    fn remove(&self, item: VaultItem) -> Result<(), VaultError> {
        self.alive()?;
        self.inner.remove(item)
    }
}

impl Signer for LockableKey {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        let n = self.signatures.fetch_add(1, Ordering::SeqCst);
        if self.locked.load(Ordering::SeqCst) || n >= self.last.load(Ordering::SeqCst) {
            return Err(SignError { reason: "the key store is locked".to_owned() });
        }
        self.key.sign(message)
    }
}

/// Remembers events.
#[derive(Default)]
pub struct Heard(Mutex<Vec<Event>>);

impl Observer for Heard {
    fn on_event(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }
}

impl Heard {
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A clock whose elapsed reading can also go back, as no clock should.
pub struct OddClock {
    pub clock: FakeClock,
    pub behind_ms: AtomicU64,
}

impl Clock for OddClock {
    fn read(&self) -> ClockReading {
        let now = self.clock.read();
        let behind = self.behind_ms.load(Ordering::SeqCst);
        ClockReading { elapsed_ms: now.elapsed_ms.saturating_sub(behind), ..now }
    }
}

pub struct Phone {
    pub clock: FakeClock,
    pub odd: Arc<OddClock>,
    pub disk: MemoryStore,
    pub flaws: Flaws,
    pub store: Arc<FaultyStore>,
    pub vault: MemoryVault,
    pub mortal: MortalVault,
    pub photos: MemoryPhotos,
    pub key: Arc<LockableKey>,
    pub heard: Arc<Heard>,
    pub server: WireServer,
    pub version: String,
    runs: u64,
    engine: Option<Engine>,
}

impl Phone {
    /// A phone that is not enrolled, and a server that knows no rules.
    pub fn new() -> Self {
        let clock = FakeClock::new(MORNING);
        let server = WireServer::new(&clock);
        Self::at(clock, server)
    }

    pub fn at(clock: FakeClock, server: WireServer) -> Self {
        let (disk, vault) = (MemoryStore::new(), MemoryVault::new());
        let mut phone = Self {
            odd: Arc::new(OddClock { clock: clock.clone(), behind_ms: AtomicU64::new(0) }),
            clock,
            store: Arc::new(FaultyStore::over(Arc::new(disk.after_restart()))),
            disk,
            flaws: Flaws::default(),
            mortal: MortalVault::over(vault.clone()),
            vault,
            photos: MemoryPhotos::new(),
            key: Arc::new(LockableKey {
                key: keys::device(),
                locked: AtomicBool::new(false),
                signatures: AtomicU64::new(0),
                last: AtomicU64::new(u64::MAX),
            }),
            heard: Arc::new(Heard::default()),
            server,
            version: "1.0.0".to_owned(),
            runs: 0,
            engine: None,
        };
        phone.open().unwrap();
        phone
    }

    /// Enrolled, with every consent.
    pub fn enrolled() -> Self {
        let phone = Self::new();
        phone.enrol().unwrap();
        phone.consent(true);
        phone
    }

    /// Enrolled, with rules over the two sites of the story, and one round of sync.
    pub fn with_rules() -> Self {
        let phone = Self::enrolled();
        phone.server.publish(1, daka_core::domain::rules::Policy::default(), &[door(), warehouse()]);
        assert_eq!(phone.sync().stopped, None);
        phone
    }

    pub fn ports(&self, store: Arc<dyn JournalStore>) -> Ports {
        Ports {
            clock: self.odd.clone(),
            entropy: Arc::new(SeededEntropy::new(self.runs)),
            crypto: Arc::new(Ring),
            store,
            vault: Arc::new(self.mortal.clone()),
            photos: Arc::new(self.photos.clone()),
            key: self.key.clone(),
            connector: Arc::new(self.server.clone()),
            observer: self.heard.clone(),
        }
    }

    /// Starts the program over what is on the disk.
    pub fn open(&mut self) -> Result<(), daka_core::app::DakaError> {
        self.engine = None;
        self.runs += 1;
        self.mortal = MortalVault::over(self.vault.clone());
        let flawed = FlawedStore { inner: self.disk.after_restart(), flaws: self.flaws.clone() };
        self.store = Arc::new(FaultyStore::over(Arc::new(flawed)));
        let settings = Settings { app_version: self.version.clone() };
        self.engine = Some(Engine::open(self.ports(self.store.clone()), settings)?);
        Ok(())
    }

    /// The process is killed and started again.
    pub fn restart(&mut self) {
        self.open().unwrap();
    }

    pub fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    pub fn enrol(&self) -> Result<Employer, daka_core::app::DakaError> {
        self.enrol_with(&self.server.code(false))
    }

    pub fn enrol_with(&self, text: &str) -> Result<Employer, daka_core::app::DakaError> {
        run(self.engine().enrol(JoinRequest::parse(text).unwrap()))
    }

    pub fn consent(&self, granted: bool) {
        self.consent_to(if granted { &[Purpose::Location, Purpose::Radio, Purpose::Photo] } else { &[] });
    }

    /// To these and to no other.
    pub fn consent_to(&self, purposes: &[Purpose]) {
        let all = [Purpose::Location, Purpose::Radio, Purpose::Photo];
        let given = all.map(|p| (p, ConsentGiven { granted: purposes.contains(&p), text_rev: 1 }));
        self.engine().set_consent(Consent(given.into())).unwrap();
    }

    pub fn punch(&self, asked: Asked) -> PunchResult {
        self.engine().punch(PunchRequest::tap(asked)).unwrap()
    }

    /// A punch that repeats none: two seconds after whatever was.
    pub fn later_punch(&self, asked: Asked) -> PunchResult {
        self.clock.advance(2_000);
        self.punch(asked)
    }

    /// A round, whatever is due.
    pub fn sync(&self) -> SyncReport {
        run(self.engine().sync(SyncOptions { now: true, ..SyncOptions::default() })).unwrap()
    }

    /// A round if one is due.
    pub fn sync_if_due(&self) -> SyncReport {
        run(self.engine().sync(SyncOptions::default())).unwrap()
    }

    pub fn offline(&self, path: &str, times: usize) {
        use daka_core::testkit::wire_server::Fault;
        let nobody = TransportError::Unreachable("no route".to_owned());
        self.server.fault(path, times, Fault::NotReached(nobody));
    }

    /// Every entry on the disk, in order.
    pub fn rows(&self) -> Vec<EntryRow> {
        read(&self.disk.after_restart(), |tx| {
            let mut out = Vec::new();
            for (epoch, first) in tx.epochs()? {
                out.extend(tx.entries(epoch, first, usize::MAX)?);
            }
            Ok(out)
        })
        .unwrap()
    }

    pub fn bodies(&self) -> Vec<Body> {
        self.rows().iter().map(|row| Payload::decode(&row.entry.payload).unwrap().body).collect()
    }

    /// The kinds of all entries, in order, as their codes.
    pub fn kinds(&self) -> Vec<&'static str> {
        self.rows().iter().map(|row| row.kind.code()).collect()
    }

    /// The chain verifies from the first entry to the last.
    pub fn assert_chain(&self) {
        let report = self.engine().check(&mut |_, _| true).unwrap();
        assert_eq!(report.damaged, []);
        assert_eq!(report.entries as usize, self.rows().len());
    }

    pub fn export(&self) -> Report {
        let bundle = self.engine().export(ExportRange::default(), &mut |_, _| {}).unwrap();
        verify(&Ring, &bundle, Some(&self.server.root()))
    }

    /// Appends `n` notes about nothing to the journal on the disk, sealed and all, without the program.
    pub fn fill(&self, n: u64) {
        use daka_core::domain::journal::{ChainPoint, Draft, Entry, Kind, Readings, Seed, chain_step};
        use daka_core::domain::time::SessionMs;
        let tail = self.rows().pop().unwrap();
        let last = Payload::decode(&tail.entry.payload).unwrap().readings;
        let mut point = tail.point;
        let mut rows = Vec::new();
        for i in 1..=n {
            let readings = Readings { t: SessionMs::new(last.t.get() + i), ..last };
            let punch = daka_core::domain::ids::PunchId([7; 16]);
            let seed = Seed(daka_core::testkit::tiny_server::random16("fill", i));
            let entry = Entry::make(&Ring, point.seq + 1, readings, seed, Draft::of(Body::NoteAdded { punch }));
            let h = chain_step(&Ring, point.h, point.seq + 1, entry.payload_digest(&Ring));
            point = ChainPoint { seq: point.seq + 1, h, ..point };
            let state = daka_core::ports::EntryState::Waiting;
            rows.push(EntryRow { point, kind: Kind::NoteAdded, punch: Some(punch), state, entry });
        }
        daka_core::testkit::write(&self.disk, move |tx| rows.iter().try_for_each(|row| tx.append(row))).unwrap();
        self.clock.advance(n + 1_000);
        let journal = self.engine().employer().unwrap().journal;
        let sealed = daka_core::domain::sealed_head::SealedHead { journal, point };
        self.vault.put(VaultItem::SealedHead, &sealed.encode()).unwrap();
    }

    pub fn is_empty(&self) -> bool {
        let items = [VaultItem::SealedHead, VaultItem::Enrolment];
        self.rows().is_empty()
            && self.photos.is_empty()
            && items.iter().all(|item| self.vault.snapshot(*item).is_none())
    }
}

/// A fix at the story's door, `age_ms` old.
pub fn at_door(age_ms: i64) -> RawFix {
    RawFix {
        latitude: 22.284_468_1,
        longitude: 114.158_512_4,
        accuracy: Some(8.0),
        altitude: None,
        speed: None,
        age_ms,
        platform: Platform::Android,
        provider: Provider::Fused,
        mock: Some(false),
        precise: Some(true),
    }
}

/// A fix 4 km away.
pub fn far_away(age_ms: i64) -> RawFix {
    RawFix { latitude: 22.32, ..at_door(age_ms) }
}

/// A JPEG of its own for each number: another comment segment in a real picture.
pub fn picture(n: u16) -> Vec<u8> {
    let mut bytes = PHOTO[..2].to_vec();
    bytes.extend([0xff, 0xfe, 0, 4]);
    bytes.extend(n.to_be_bytes());
    bytes.extend(&PHOTO[2..]);
    bytes
}
