package org.daka.app

import android.Manifest.permission.*
import android.os.Build
import androidx.activity.compose.*
import androidx.activity.result.PickVisualMediaRequest
import androidx.activity.result.contract.ActivityResultContracts.*
import androidx.compose.material3.*
import androidx.compose.runtime.*
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.core.app.ActivityCompat
import androidx.lifecycle.*
import androidx.lifecycle.compose.*
import androidx.lifecycle.viewmodel.compose.viewModel
import androidx.navigation.NavHostController
import androidx.navigation.compose.*
import org.daka.app.platform.*
import org.daka.app.screens.*
import org.daka.app.ui.*
import org.daka.ffi.*

@Composable
private inline fun <reified M : ViewModel> model(key: String? = null, crossinline make: (DakaApplication, SavedStateHandle) -> M): M {
    val app = LocalContext.current.dakaApplication
    return viewModel(key = key) { make(app, createSavedStateHandle()) }
}

/** Asks for permissions; the answer is whether one was given, and whether asking again would do nothing. */
@Composable
private fun asker(onAnswer: (given: Boolean, forGood: Boolean) -> Unit): (List<String>) -> Unit {
    val activity = LocalActivity.current
    val launcher = rememberLauncherForActivityResult(RequestMultiplePermissions()) { answers ->
        // One question at a time: the system gives back another one without an answer.
        if (answers.isEmpty()) return@rememberLauncherForActivityResult
        val forGood = activity != null && answers.keys.none { ActivityCompat.shouldShowRequestPermissionRationale(activity, it) }
        onAnswer(answers.values.any { it }, forGood)
    }
    return { launcher.launch(it.toTypedArray()) }
}

private val PLACE = listOf(ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION)

/** What the system has to allow for what a person agreed to. */
private fun permissionsFor(purposes: Set<Purpose>): List<String> = when {
    Purpose.RADIO in purposes -> PLACE + NEARBY
    Purpose.LOCATION in purposes -> PLACE
    else -> emptyList()
}

/** What a model shows as soon as there is something: it comes from the phone itself, at once. The page says what failed. */
@Composable
private fun <T : Any> Shown(model: Model<T>, content: @Composable (T) -> Unit) {
    val failure by model.failure.collectAsStateWithLifecycle()
    val state by model.state.collectAsStateWithLifecycle()
    CompositionLocalProvider(LocalTrouble provides failure) {
        state?.let { content(it) } ?: failure?.let { Page(stringResource(R.string.common_app_name)) {} }
    }
}

/** The camera in place of a screen for as long as it is wanted. */
@Composable
private fun WithCamera(
    onStanding: (CameraStanding) -> Unit,
    camera: @Composable (end: () -> Unit, fail: (Exception) -> Unit) -> Unit,
    screen: @Composable (open: () -> Unit) -> Unit,
) {
    var open by rememberSaveable { mutableStateOf(false) }
    val ask = asker { given, forGood ->
        val refused = if (forGood) CameraStanding.REFUSED_FOR_GOOD else CameraStanding.REFUSED
        onStanding(if (given) CameraStanding.READY else refused)
        open = given
    }
    BackHandler(open) { open = false }
    if (!open) return screen { ask(listOf(CAMERA)) }
    camera({ open = false }) {
        onStanding(CameraStanding.FAILED)
        open = false
    }
}

@Composable
fun EnrolRoute(profile: String, employers: List<Profile>, onSwitch: (String) -> Unit) {
    val context = LocalContext.current
    val model = model(profile) { app, saved -> EnrolModel(app, saved) }
    val camera = context.dakaApplication.device.camera
    val back: () -> Unit = { if (!model.back()) employers.firstOrNull()?.let { onSwitch(it.id) } }
    WithCamera(model::camera, { end, fail ->
        ScanScreen(camera, {
            end()
            model.scanned(it)
        }, fail, end)
    }) { scan ->
        Shown(model) { state ->
            val leads = state.preview != null || employers.isNotEmpty()
            BackHandler(leads) { back() }
            EnrolScreen(state, EnrolActions(model::code, scan, model::check, model::join, back.takeIf { leads }, context::openAppSettings))
        }
    }
}

@Composable
fun ConsentRoute(profile: String) {
    val model = model(profile) { app, saved -> ConsentModel(app, saved) }
    val session = LocalContext.current.dakaApplication.session
    val ask = asker { _, _ -> session.refresh() }
    // The system asks at once for what was just agreed to; a refusal changes nothing here.
    Shown(model) { ConsentScreen(it, model::choose) { model.agree { chosen -> ask(permissionsFor(chosen)) } } }
}

/** The screens of somebody who has joined. */
@Composable
fun Inside(nav: NavHostController = rememberNavController()) {
    val back: () -> Unit = { nav.popBackStack() }
    val go = { route: String -> nav.navigate(route) }
    val punch = { id: String -> go("punch/$id") }
    NavHost(nav, "today") {
        composable("today") { TodayRoute(go) }
        composable("field") {
            val model = model { app, _ -> FieldModel(app) }
            PhotoRoute(model) { state, photos ->
                FieldScreen(state, photos, FieldActions(model::change, { model.submit(back) }, { model.discard(back) }, back))
            }
        }
        composable("photos/{id}") { entry ->
            val model = model { app, _ -> PunchPhotosModel(app, entry.argument("id")) }
            PhotoRoute(model) { state, photos -> PunchPhotosScreen(state, photos, back) }
        }
        composable("record") {
            val model = model { app, saved -> MonthModel(app, saved) }
            Shown(model) { MonthScreen(it, model::turn, { day -> go("day/$day") }, model::export, back) }
        }
        composable("day/{date}") { entry ->
            val model = model { app, _ -> DayModel(app, entry.argument("date")) }
            val turn = { day: String -> nav.navigate("day/$day") { popUpTo("record") } }
            Shown(model) { DayScreen(it, turn, punch, model::export, back) }
        }
        composable("punch/{id}") { entry ->
            val model = model { app, _ -> PunchModel(app, entry.argument("id")) }
            val pictures by model.pictures.collectAsStateWithLifecycle()
            Shown(model) { PunchScreen(it, pictures, model::export, back) }
        }
        composable("waiting") {
            val model = model { app, _ -> WaitingModel(app) }
            val sending by model.sending.collectAsStateWithLifecycle()
            Shown(model) { WaitingScreen(it, sending, model::send, model::exportRefused, punch, back) }
        }
        composable("settings") { SettingsRoute(go, back) }
        composable("reminders") { RemindersRoute(back) }
        composable("employers") {
            val model = model { app, _ -> EmployersModel(app) }
            Shown(model) { EmployersScreen(it, model::switchTo, back) }
        }
        composable("keys") { Shown(model { app, _ -> KeysModel(app) }) { KeysScreen(it.keys, it.employer, back) } }
        composable("leave") {
            val model = model { app, _ -> LeaveModel(app) }
            Shown(model) { LeaveScreen(it.preview, it.employer, model::leave, back) }
        }
        composable("licences") { LicencesScreen(LICENCES, back) }
    }
}

private fun androidx.navigation.NavBackStackEntry.argument(name: String) = arguments?.getString(name).orEmpty()

@OptIn(ExperimentalMaterial3Api::class)
@Composable
private fun TodayRoute(go: (String) -> Unit) {
    val context = LocalContext.current
    val model = model { app, saved -> TodayModel(app, saved) }
    val ask = asker { given, forGood -> model.look(!given && forGood) }
    LifecycleEventEffect(Lifecycle.Event.ON_RESUME) { model.look() }
    LaunchedEffect(model) { model.listen() }
    val steps = PlaceSteps({ ask(PLACE) }, context::openAppSettings, context::openLocationSettings)
    Shown(model) { TodayScreen(it, TodayActions(model::punch, model::checkPlace, steps, go)) }
    val result = model.result.collectAsStateWithLifecycle().value ?: return
    ModalBottomSheet(model::dismiss, sheetState = rememberModalBottomSheetState(skipPartiallyExpanded = true)) {
        val photo = {
            model.dismiss()
            go("photos/${result.fresh.result.id}")
        }
        ResultContent(result, ResultActions(model::write, model::note, photo, model::dismiss))
    }
}

@Composable
private fun PhotoRoute(model: PhotoModel, content: @Composable (FieldState, PhotoActions) -> Unit) {
    val context = LocalContext.current
    val camera = context.dakaApplication.device.camera
    val gallery = rememberLauncherForActivityResult(PickVisualMedia()) { uri -> uri?.let(model::chosen) }
    WithCamera(model::camera, { end, fail ->
        LaunchedEffect(model) { model.begin() }
        PhotoScreen(camera, model::photoFile, {
            end()
            model.taken(it)
        }, fail, end)
    }) { open ->
        val choose = { gallery.launch(PickVisualMediaRequest(PickVisualMedia.ImageOnly)) }
        Shown(model) { content(it, PhotoActions(open, choose, model.remove, context::openAppSettings)) }
    }
}

@Composable
private fun SettingsRoute(go: (String) -> Unit, back: () -> Unit) {
    val context = LocalContext.current
    val model = model { app, _ -> SettingsModel(app) }
    val ask = asker { _, _ -> model.refresh() }
    LifecycleEventEffect(Lifecycle.Event.ON_RESUME) { model.refresh() }
    val consent = { purpose: Purpose, on: Boolean ->
        model.consent(purpose, on)
        if (on) ask(permissionsFor(setOf(purpose)))
    }
    Shown(model) { SettingsScreen(it, SettingsActions(model::set, consent, model::diagnostics, context::openAppSettings, go, back)) }
}

@Composable
private fun RemindersRoute(back: () -> Unit) {
    val context = LocalContext.current
    val model = model { app, _ -> RemindersModel(app) }
    val ask = asker { given, forGood -> model.refused(!given && forGood) }
    LifecycleEventEffect(Lifecycle.Event.ON_RESUME) { model.refresh() }
    // Before Android 13 there is nothing to ask: the switch is in the settings.
    val allow = { if (Build.VERSION.SDK_INT >= 33) ask(listOf(POST_NOTIFICATIONS)) else context.openAppSettings() }
    Shown(model) { RemindersScreen(it, RemindersActions(model::change, allow, context::openAppSettings, back)) }
}
