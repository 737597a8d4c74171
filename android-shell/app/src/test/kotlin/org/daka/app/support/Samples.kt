package org.daka.app.support

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.LinearGradient
import android.graphics.Paint
import android.graphics.Shader
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import java.time.*
import org.daka.app.Fresh
import org.daka.app.TroublePage
import org.daka.app.platform.LocationStanding
import org.daka.app.screens.*
import org.daka.app.ui.LocalTrouble
import org.daka.ffi.*

/** Every screen, in the states that look different. The day is the same in all of them: Monday, 23 November 2026, in Hong Kong. */
object Samples {
    private const val OFFSET: Short = 480
    private const val DAY = "2026-11-23"
    private val hash = "3f9a07c21be85d64".repeat(4)
    private val employer =
        EmployerInfo("Example Bakery", "Person One", "bakery", "daka.example.com", hash, true, hash.reversed(), hash, true)
    private val healthy = StorageState(emptyList(), false, null, 0u, false)

    private fun at(hour: Int, minute: Int, second: Int = 0, day: Int = 23) =
        LocalDateTime.of(2026, 11, day, hour, minute, second).toInstant(ZoneOffset.ofHours(8)).toEpochMilli()

    private fun place(verdict: Verdict, distanceM: Long? = null, sigmaM: Long = 8, vararg reasons: VerdictReason, help: Help? = null) =
        PlaceState(verdict, reasons.toList(), help, null, null, distanceM?.times(1_000), (sigmaM * 1_000).toULong())

    private val inside = place(Verdict.INSIDE, -64)
    private val outside = place(Verdict.OUTSIDE, 310, 15)
    private val unsure = place(Verdict.UNCERTAIN, 6, 40, VerdictReason.NEAR_EDGE, help = Help.BETTER_FIX)

    private fun line(
        id: String,
        asked: Asked,
        wall: Long,
        state: PunchState,
        place: PlaceState? = inside,
        field: FieldType? = null,
        photos: Int = 0,
    ) = PunchLine(
        id = id, seq = 1u, epoch = 1u, asked = asked, shown = asked, field = field, wallMs = wall, offsetMin = OFFSET,
        word = TimeWord.VERIFIED, place = place, state = state, photos = photos.toULong(), note = false, date = DAY, otherOffset = false,
    )

    private val today = listOf(
        line("a", Asked.IN, at(8, 57, 12), PunchState.RECEIVED),
        line("b", Asked.BREAK_START, at(12, 30, 5), PunchState.RECEIVED),
        line("c", Asked.BREAK_END, at(13, 28, 41), PunchState.WAITING, unsure),
        line("d", Asked.AUTO, at(15, 4), PunchState.WAITING, outside, FieldType.CLIENT_VISIT, 1),
    )

    private val nothing = QueueState(0u, 0u, 0u, 0u, 0u, null, null)
    private val waits = QueueState(2u, 0u, 0u, 1u, 0u, at(13, 28), NextAttempt(WaitReason.UNREACHABLE, at(15, 20), 3u))

    private fun time(hour: Int, minute: Int) = WhyArg.Time(at(hour, minute), OFFSET)

    private val busy = HomeState(
        employer = employer, standing = Standing.ACTIVE, offer = Asked.OUT, recent = today.reversed(), queue = waits,
        sites = listOf(
            "Harbour Street",
        ),
        rules = hash,
        word = TimeWord.VERIFIED, consentAsked = true, locationConsent = true, radioConsent = true, storage = healthy, date = DAY,
        dayEndsMs = at(23, 59),
        today = today,
        offerWhys = listOf(Why(WhyCode.OFFER_OPEN_IN, listOf(time(8, 57)))), zone = null,
    )
    private val fresh = busy.copy(
        offer = Asked.IN,
        recent = emptyList(),
        today = emptyList(),
        queue = nothing,
        word = TimeWord.UNVERIFIED,
        offerWhys = listOf(Why(WhyCode.OFFER_FIRST, emptyList())),
        zone = "Asia/Hong_Kong",
    )

    private fun drawing(x: Double, y: Double, accuracy: Double) = PlaceDrawing(
        spanM = 520.0,
        shapes = listOf(DrawnShape("Harbour Street", 0.0, 0.0, 100.0, true), DrawnShape("Store", -210.0, 120.0, 60.0, false)),
        fixes = listOf(DrawnFix(x + 40, y - 60, accuracy * 2, false), DrawnFix(x, y, accuracy, true)),
    )

    private val here =
        Precheck(
            offer = Asked.OUT,
            place = inside,
            siteName = "Harbour Street",
            word = TimeWord.VERIFIED,
            drawing = drawing(22.0, -28.0, 12.0),
            whys = emptyList(),
        )
    private val unsureHere = Precheck(
        offer = Asked.OUT,
        place = unsure,
        siteName = "Harbour Street",
        word = TimeWord.VERIFIED,
        drawing = drawing(100.0, 20.0, 60.0),
        whys = listOf(Why(WhyCode.PLACE_HELP, listOf(WhyArg.Help(Help.BETTER_FIX)))),
    )

    private val interval = TimeInterval(at(15, 3, 58), TimeSource.TOKEN, at(15, 4, 3), TimeSource.RECEIPT)

    private fun result(place: PlaceState?) = PunchResult(
        id = "d", seq = 9u, asked = Asked.OUT,
        wallMs = at(
            18,
            2,
            7,
        ),
        offsetMin = OFFSET, interval = interval, word = TimeWord.VERIFIED, place = place,
        repeated = false, leftOut = emptyList(), date = DAY, siteName = "Harbour Street", whys = emptyList(),
    )

    private fun picture() = Bitmap.createBitmap(800, 600, Bitmap.Config.ARGB_8888).also { bitmap ->
        val sky = Paint().apply { shader = LinearGradient(0f, 0f, 0f, 600f, 0xFF8FB8C8.toInt(), 0xFFE8E2D0.toInt(), Shader.TileMode.CLAMP) }
        Canvas(bitmap).run {
            drawRect(0f, 0f, 800f, 600f, sky)
            drawRect(120f, 260f, 420f, 600f, Paint().apply { color = 0xFF6B5B4B.toInt() })
            drawRect(460f, 180f, 720f, 600f, Paint().apply { color = 0xFF4F6B64.toInt() })
        }
    }

    private val detail = PunchDetail(
        line = today[3], word = TimeWord.VERIFIED, interval = interval,
        bar = IntervalBar(
            at(15, 3, 50),
            at(15, 4, 10),
            0.4,
            0.65,
            0.5,
            false,
            false,
        ),
        drawing = drawing(
            200.0,
            -150.0,
            30.0,
        ),
        siteName = "Harbour Street", photos = listOf(PhotoInfo(hash, 812_000u, PhotoPlace.WAITING, true, "7KQM-2F4X")),
        notes = listOf("Delivered to the back door."), visits = listOf("A-2041"), receipt = null, signature = SignatureState.SIGNED,
        signals = listOf(SignalCode.CLOCK_WAS_SET),
        whys = listOf(
            Why(WhyCode.TIME_VERIFIED, listOf(WhyArg.Millis(5_000))),
            Why(WhyCode.PLACE_OUTSIDE, listOf(WhyArg.Text("Harbour Street"), WhyArg.Metres(310.0), WhyArg.Metres(15.0))),
            Why(WhyCode.STATE_WAITING_UNTIL, listOf(WhyArg.Wait(WaitReason.UNREACHABLE), time(15, 20))),
        ),
    )
    private val received = detail.copy(
        line = today[0],
        drawing = drawing(22.0, -28.0, 12.0),
        photos = emptyList(),
        notes = emptyList(),
        visits = emptyList(),
        signals = emptyList(),
        receipt = ReceiptInfo(at(8, 57, 14), "bakery", 4_711u, 4_720u),
        whys = listOf(Why(WhyCode.TIME_VERIFIED, listOf(WhyArg.Millis(5_000))), Why(WhyCode.STATE_RECEIVED, listOf(time(8, 57)))),
    )

    private val month = MonthView(
        year = 2026,
        month = 11,
        firstWeekday = 1,
        previous = true,
        next = false,
        days = (1..30).map { day ->
            val date = LocalDate.of(2026, 11, day)
            val works = day <= 23 && date.dayOfWeek.value < 6
            val mark = when {
                !works -> DayMarkKind.NONE
                day == 23 -> DayMarkKind.WAITING
                day == 11 -> DayMarkKind.ATTENTION
                else -> DayMarkKind.OK
            }
            DayMark(date.toString(), day, date.dayOfWeek.value, if (works) 4 else 0, mark, day == 23)
        },
    )

    private val waiting = WaitingView(
        items = listOf(
            WaitingItem(WaitingKind.PUNCH, today[2], at(13, 28), OFFSET, PunchState.WAITING, 1, 0),
            WaitingItem(WaitingKind.PUNCH, today[3], at(15, 4), OFFSET, PunchState.WAITING, 2, 1),
        ),
        more = 0u,
        queue = waits,
        whys = listOf(Why(WhyCode.STATE_WAITING_UNTIL, listOf(WhyArg.Wait(WaitReason.UNREACHABLE), time(15, 20)))),
    )
    private val refused = waiting.copy(
        items =
            waiting.items +
                WaitingItem(WaitingKind.PUNCH, today[0].copy(state = PunchState.REFUSED), at(8, 57), OFFSET, PunchState.REFUSED, 1, 0),
        queue = waits.copy(refused = 1u, putAside = 1u, unsigned = 1u),
        more = 12u,
    )

    private val policy = FieldPolicy(camera = true, gallery = true, photoRequired = true, maxPhotos = 3, photoConsent = true)
    private val page = ConsentPage(1u, listOf(Purpose.LOCATION, Purpose.RADIO, Purpose.PHOTO), false, true, true, true)
    private val settings = SettingsState(
        AppSettings(Language.SYSTEM, Theme.SYSTEM, true),
        employer,
        setOf(Purpose.LOCATION, Purpose.RADIO),
        page,
        reminders = 2,
        nearby = false,
        version = "0.1.0",
    )
    private val reminders =
        listOf(Reminder("a", 8 * 60 + 50, 0b0011111, Asked.IN, true), Reminder("b", 18 * 60, 0b0100000, Asked.OUT, false))

    private fun profile(employer: String?, employee: String?, current: Boolean) =
        Profile(employer.orEmpty(), "/", employer, employee, true, current)

    private val employers =
        listOf(profile("Example Bakery", "Person One", true), profile("Example Cleaning", "Person One", false), profile(null, null, false))

    @Composable
    private fun Sheet(state: ResultState) = Surface { ResultContent(state, ResultActions()) }

    @Composable
    private fun Troubled(code: FailureCode, screen: @Composable () -> Unit) = CompositionLocalProvider(LocalTrouble provides code, screen)

    /** By name; the first few are also drawn on the oldest Android. */
    val all: Map<String, @Composable () -> Unit> = linkedMapOf(
        "enrol" to { EnrolScreen(EnrolState(), EnrolActions()) },
        "enrol-refused" to {
            Troubled(FailureCode.USED_CODE) {
                EnrolScreen(EnrolState("time.example 7ZK4-Q0M8", notACode = true, camera = CameraStanding.REFUSED_FOR_GOOD), EnrolActions())
            }
        },
        "enrol-preview" to
            { EnrolScreen(EnrolState(preview = CodePreview("daka.example.com", hash.reversed(), true)), EnrolActions(back = {})) },
        "consent" to { ConsentScreen(ConsentState(page, employer, setOf(Purpose.LOCATION)), { _, _ -> }, {}) },
        "consent-typed" to
            { ConsentScreen(ConsentState(page.copy(fromEmployer = false), employer.copy(rootNamed = false)), { _, _ -> }, {}) },
        "today" to { TodayScreen(TodayState(busy, LocationStanding.READY, here, several = true), TodayActions()) },
        "today-first" to { TodayScreen(TodayState(fresh, LocationStanding.READY, clockWasSet = true), TodayActions()) },
        "today-unsure" to { TodayScreen(TodayState(busy.copy(queue = nothing), LocationStanding.READY, unsureHere), TodayActions()) },
        "today-refused" to { TodayScreen(TodayState(busy, LocationStanding.ASK, refusedForGood = true), TodayActions()) },
        "result-measuring" to
            {
                Sheet(
                    ResultState(
                        Fresh(
                            result(place(Verdict.NOT_EVALUATED, null, 0, VerdictReason.NO_FIX)),
                            place(Verdict.NOT_EVALUATED, null, 0, VerdictReason.NO_FIX),
                            true,
                        ),
                        PunchState.WAITING,
                    ),
                )
            },
        "result" to { Sheet(ResultState(Fresh(result(inside), inside, false), PunchState.RECEIVED)) },
        "field" to { FieldScreen(FieldState(FieldDraft(null, null, null, emptyList()), policy), PhotoActions(), FieldActions()) },
        "field-filled" to {
            FieldScreen(
                FieldState(
                    FieldDraft(FieldType.CLIENT_VISIT, "A-2041", "Delivered to the back door.", listOf(hash)),
                    policy,
                    mapOf(hash to picture()),
                    CameraStanding.REFUSED,
                ),
                PhotoActions(),
                FieldActions(),
            )
        },
        "photos" to
            {
                PunchPhotosScreen(
                    FieldState(
                        FieldDraft(null, null, null, emptyList()),
                        policy,
                        noSpace = true,
                    ),
                    PhotoActions(remove = null),
                    {
                    },
                )
            },
        "record" to { MonthScreen(month, {}, {}, {}, {}) },
        "record-empty" to
            { MonthScreen(month.copy(days = month.days.map { it.copy(punches = 0, mark = DayMarkKind.NONE) }), {}, {}, {}, {}) },
        "day" to { DayScreen(DayView(DAY, 1, today, "2026-11-20", null), {}, {}, {}, {}) },
        "punch" to { PunchScreen(detail, mapOf(hash to picture()), {}, {}) },
        "punch-received" to { PunchScreen(received, emptyMap(), {}, {}) },
        "waiting" to { WaitingScreen(WaitingState(waiting, OFFSET), false, {}, {}, {}, {}) },
        "waiting-refused" to { WaitingScreen(WaitingState(refused, OFFSET, saver = true), true, {}, {}, {}, {}) },
        "waiting-empty" to { WaitingScreen(WaitingState(waiting.copy(items = emptyList(), queue = nothing)), false, {}, {}, {}, {}) },
        "settings" to { SettingsScreen(settings, SettingsActions()) },
        "keys" to
            {
                KeysScreen(
                    listOf(
                        KeyInfo(hash.reversed(), true, at(9, 0, 0, 2), KeyStanding.ACTIVE),
                        KeyInfo(hash, false, at(9, 0, 0, 1), KeyStanding.EARLIER),
                    ),
                    employer,
                    {
                    },
                )
            },
        "leave" to { LeaveScreen(LeavePreview(2u, 0u, 1u, 1u, 0u), employer, {}, {}) },
        "reminders" to { RemindersScreen(RemindersState(reminders, mayShow = false), RemindersActions()) },
        "reminders-empty" to { RemindersScreen(RemindersState(emptyList(), mayShow = true), RemindersActions()) },
        "employers" to { EmployersScreen(employers, {}, {}) },
        "licences" to { LicencesScreen(LICENCES, {}) },
        "trouble" to { TroublePage(FailureCode.NEWER_DATABASE, employers, {}, {}) },
    )
}
