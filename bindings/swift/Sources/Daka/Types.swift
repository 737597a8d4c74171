import DakaFFI

// The core's own types, under names that need no second import. They are plain values; what each field means is documented at
// the field. Nothing is renamed but ``TimeBounds``, because Foundation has a `TimeInterval`.

// MARK: What an app hands over

/// How a client is opened: folder, sealing key, version, platform.
public typealias DakaConfig = DakaFFI.DakaConfig
/// A tap on the button.
public typealias PunchRequest = DakaFFI.PunchRequest
/// A position as the platform gave it. The core checks it.
public typealias PositionFix = DakaFFI.PositionFix
/// A Wi-Fi access point or beacon as the phone saw it.
public typealias RadioSignal = DakaFFI.RadioSignal
/// How patient a sync is, and until when.
public typealias SyncOptions = DakaFFI.SyncOptions
/// Which punches a bundle shows.
public typealias ExportRange = DakaFFI.ExportRange
/// What was agreed to for one purpose.
public typealias ConsentChoice = DakaFFI.ConsentChoice

// MARK: What an app implements

/// Reads the phone's clocks. Implement it as a `final class`; it is called from the core's threads and returns at once.
public typealias PlatformClock = DakaFFI.PlatformClock
/// What the clocks say at one moment.
public typealias ClockReading = DakaFFI.ClockReading
/// The device's P-256 key, in hardware where there is any. It is called from the core's threads and may take its time.
public typealias DeviceKey = DakaFFI.DeviceKey
/// What a ``PlatformClock`` or ``DeviceKey`` throws.
public typealias PlatformFailure = DakaFFI.PlatformFailure

// MARK: What an app gets

/// Everything a home screen shows, but the place at this moment.
public typealias HomeState = DakaFFI.HomeState
/// Who the employer is, for the person to look at.
public typealias EmployerInfo = DakaFFI.EmployerInfo
/// What a person gets at once after a tap.
public typealias PunchResult = DakaFFI.PunchResult
/// One punch as a list shows it.
public typealias PunchLine = DakaFFI.PunchLine
/// Evidence that could not be and was left out of a punch.
public typealias LeftOut = DakaFFI.LeftOut
/// What a punch here and now would be.
public typealias Precheck = DakaFFI.Precheck
/// Where, as far as it is known.
public typealias PlaceState = DakaFFI.PlaceState
/// An interval of true time, both ends included. (`TimeInterval` in the core.)
public typealias TimeBounds = DakaFFI.TimeInterval
/// What waits to be sent.
public typealias QueueState = DakaFFI.QueueState
/// When the next attempt is due, and why it waits.
public typealias NextAttempt = DakaFFI.NextAttempt
/// What opening and checking found wrong with the storage.
public typealias StorageState = DakaFFI.StorageState
/// A photo in the sealed store, not yet bound to a punch.
public typealias PhotoDraft = DakaFFI.PhotoDraft
/// What a sync did.
public typealias SyncReport = DakaFFI.SyncReport
/// What a full check found.
public typealias CheckReport = DakaFFI.CheckReport
/// Something changed.
public typealias DakaEvent = DakaFFI.DakaEvent

// MARK: What the record shows

/// A month of the record.
public typealias MonthView = DakaFFI.MonthView
/// A day in its month.
public typealias DayMark = DakaFFI.DayMark
/// A day of the record.
public typealias DayView = DakaFFI.DayView
/// One punch with everything that is known of it.
public typealias PunchDetail = DakaFFI.PunchDetail
/// The bar of an interval, in fractions.
public typealias IntervalBar = DakaFFI.IntervalBar
/// A photo of a punch.
public typealias PhotoInfo = DakaFFI.PhotoInfo
/// What the server's log says of a punch.
public typealias ReceiptInfo = DakaFFI.ReceiptInfo
/// A square picture of fences and positions, in metres.
public typealias PlaceDrawing = DakaFFI.PlaceDrawing
/// A circle fence of a picture.
public typealias DrawnShape = DakaFFI.DrawnShape
/// A position of a picture.
public typealias DrawnFix = DakaFFI.DrawnFix
/// One sentence: a code and its values in order.
public typealias Why = DakaFFI.Why
/// A value in a sentence.
public typealias WhyArg = DakaFFI.WhyArg

// MARK: Field check-in and what waits

/// A field check-in that was begun.
public typealias FieldDraft = DakaFFI.FieldDraft
/// What the employer's policy says of a field check-in.
public typealias FieldPolicy = DakaFFI.FieldPolicy
/// What the server has not received yet.
public typealias WaitingView = DakaFFI.WaitingView
/// One item of the waiting list.
public typealias WaitingItem = DakaFFI.WaitingItem

// MARK: Leaving, keys, consent

/// What leaves with the employer and is nowhere else.
public typealias LeavePreview = DakaFFI.LeavePreview
/// A device key in this person's name.
public typealias KeyInfo = DakaFFI.KeyInfo
/// What the consent page shows, beside its text.
public typealias ConsentPage = DakaFFI.ConsentPage

// MARK: The phone and its reminders

/// One journal on this phone: of one employee at one employer, or of nobody yet.
public typealias Profile = DakaFFI.Profile
/// Settings of the app, the same for every employer.
public typealias AppSettings = DakaFFI.AppSettings
/// What a scanned or typed text says, before anything is sent.
public typealias CodePreview = DakaFFI.CodePreview
/// Gives the sealing keys of journals, to read the employers' names. Implement it as a `final class`.
public typealias SealingKeys = DakaFFI.SealingKeys
/// When the employee wants to be asked whether they have punched.
public typealias Reminder = DakaFFI.Reminder
/// When a reminder is due.
public typealias ReminderDue = DakaFFI.ReminderDue

// MARK: What a bundle shows

/// What a bundle shows.
public typealias BundleReport = DakaFFI.BundleReport
/// What a bundle shows of one punch.
public typealias BundlePunch = DakaFFI.BundlePunch
/// Something that does not hold.
public typealias BundleFailing = DakaFFI.BundleFailing
/// Something that holds for a punch, is missing for it, or fails.
public typealias BundleClaim = DakaFFI.BundleClaim

// MARK: Codes

/// Why a call failed.
public typealias FailureCode = DakaFFI.FailureCode
/// Why the next attempt waits.
public typealias WaitReason = DakaFFI.WaitReason
/// The place verdict.
public typealias Verdict = DakaFFI.Verdict
/// Why a verdict is what it is.
public typealias VerdictReason = DakaFFI.VerdictReason
/// The one step that would make an undecided verdict certain.
public typealias Help = DakaFFI.Help
/// How well a punch's time is known.
public typealias TimeWord = DakaFFI.TimeWord
/// Where an end of a time interval comes from.
public typealias TimeSource = DakaFFI.TimeSource
/// Where a punch stands on its way to the server.
public typealias PunchState = DakaFFI.PunchState
/// Whether the device may punch for the server already.
public typealias Standing = DakaFFI.Standing
/// What a person asks for, or what the button offers.
public typealias Asked = DakaFFI.Asked
/// The type of a field check-in.
public typealias FieldType = DakaFFI.FieldType
/// What set a punch off.
public typealias Trigger = DakaFFI.Trigger
/// How it was shown that the employee held the phone.
public typealias Presence = DakaFFI.Presence
/// What consent is asked for.
public typealias Purpose = DakaFFI.Purpose
/// Whose position figures an app hands over.
public typealias Platform = DakaFFI.Platform
/// What made a fix.
public typealias FixProvider = DakaFFI.FixProvider
/// Which radio.
public typealias RadioKind = DakaFFI.RadioKind
/// How patient a sync is.
public typealias Pace = DakaFFI.Pace
/// Which sentence a "why?" is.
public typealias WhyCode = DakaFFI.WhyCode
/// What a day's mark says.
public typealias DayMarkKind = DakaFFI.DayMarkKind
/// Where a photo is.
public typealias PhotoPlace = DakaFFI.PhotoPlace
/// A fact about a punch.
public typealias SignalCode = DakaFFI.SignalCode
/// In which language the app speaks.
public typealias Language = DakaFFI.Language
/// Light or dark.
public typealias Theme = DakaFFI.Theme
/// Whether the device has signed for a punch.
public typealias SignatureState = DakaFFI.SignatureState
/// What an item of the waiting list is.
public typealias WaitingKind = DakaFFI.WaitingKind
/// Where a key stands.
public typealias KeyStanding = DakaFFI.KeyStanding
