package org.daka.app

import android.Manifest.permission.*
import android.content.ActivityNotFoundException
import android.os.Build
import androidx.activity.compose.*
import androidx.activity.result.PickVisualMediaRequest
import androidx.activity.result.contract.ActivityResultContracts.PickVisualMedia
import androidx.activity.result.contract.ActivityResultContracts.RequestMultiplePermissions
import androidx.compose.material3.*
import androidx.compose.runtime.*
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.core.app.ActivityCompat
import androidx.lifecycle.*
import androidx.lifecycle.compose.LifecycleResumeEffect
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import androidx.lifecycle.viewmodel.compose.viewModel
import androidx.navigation.NavHostController
import androidx.navigation.compose.*
import java.io.File
import org.daka.app.platform.openAppSettings
import org.daka.app.platform.openLocationSettings
import org.daka.app.platform.qrText
import org.daka.app.platform.share
import org.daka.app.screens.*
import org.daka.app.ui.Notice
import org.daka.ffi.Purpose

@Composable
private inline fun <reified M : ViewModel> model(key: String? = null, crossinline make: (DakaApplication, SavedStateHandle) -> M): M {
    val app = LocalContext.current.dakaApplication
    return viewModel(key = key) { make(app, createSavedStateHandle()) }
}

/** Asks for permissions; the answer is whether one was given, and whether asking again would do nothing. */
@Composable
private fun ask(vararg permissions: String, onAnswer: (given: Boolean, forGood: Boolean) -> Unit): () -> Unit {
    val activity = LocalActivity.current
    val launcher = rememberLauncherForActivityResult(RequestMultiplePermissions()) { answers ->
        val forGood = activity != null && answers.keys.none { ActivityCompat.shouldShowRequestPermissionRationale(activity, it) }
        onAnswer(answers.values.any { it }, forGood)
    }
    return { launcher.launch(permissions.toList().toTypedArray()) }
}

/** Shares a file; a phone without an app for it says so. */
@Composable
private fun sharing(): Pair<(File) -> Unit, Boolean> {
    val context = LocalContext.current
    var nobody by remember { mutableStateOf(false) }
    val share = { file: File ->
        nobody = try {
            context.share(file)
            false
        } catch (_: ActivityNotFoundException) {
            true
        }
    }
    return share to nobody
}

private fun standing(given: Boolean, forGood: Boolean) = when {
    given -> CameraStanding.READY
    forGood -> CameraStanding.REFUSED_FOR_GOOD
    else -> CameraStanding.REFUSED
}

@Composable
fun EnrolRoute() {
    val context = LocalContext.current
    val app = context.dakaApplication
    val model = model { a, saved -> EnrolModel(a, saved) }
    val state by model.state.collectAsStateWithLifecycle()
    var scanning by rememberSaveable { mutableStateOf(false) }
    val scan = ask(CAMERA) { given, forGood ->
        model.camera(standing(given, forGood))
        scanning = given
    }
    if (scanning) {
        BackHandler { scanning = false }
        val failed = { _: Exception ->
            model.camera(CameraStanding.FAILED)
            scanning = false
        }
        val found = { code: String ->
            scanning = false
            model.code(code)
        }
        ScanScreen(app.device.camera, ::qrText, found, failed) { scanning = false }
        return
    }
    EnrolScreen(state, EnrolActions(model::code, scan, model::join, context::openAppSettings))
}

@Composable
fun ConsentRoute() {
    val model = model { a, saved -> ConsentModel(a, saved) }
    val state by model.state.collectAsStateWithLifecycle()
    val app = LocalContext.current.dakaApplication
    val location = ask(*permissionsFor(setOf(Purpose.LOCATION))) { _, _ -> app.session.clockChanged() }
    val everything = ask(*permissionsFor(setOf(Purpose.LOCATION, Purpose.RADIO))) { _, _ -> app.session.clockChanged() }
    state?.let { shown ->
        ConsentScreen(shown, model::choose) {
            // The system asks at once for what was just agreed to; a refusal changes nothing here.
            model.agree { chosen ->
                when {
                    Purpose.RADIO in chosen -> everything()
                    Purpose.LOCATION in chosen -> location()
                    else -> app.session.clockChanged()
                }
            }
        }
    }
}

private fun permissionsFor(purposes: Set<Purpose>): Array<String> {
    val nearby = if (Build.VERSION.SDK_INT >= 31 && Purpose.RADIO in purposes) listOf(BLUETOOTH_SCAN) else emptyList()
    return (listOf(ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION) + nearby).toTypedArray()
}

/** The screens of somebody who has joined. */
@Composable
fun Inside(nav: NavHostController = rememberNavController()) {
    val back: () -> Unit = { nav.popBackStack() }
    val punch = { id: String -> nav.navigate("punch/$id") }
    NavHost(nav, "today") {
        composable("today") { TodayRoute(nav, punch) }
        composable("field") { FieldRoute(back) }
        composable("record") {
            val model = model { a, saved -> MonthModel(a, saved) }
            val (share, nobody) = sharing()
            Viewed(model.state.collectAsStateWithLifecycle().value, nobody) { view ->
                MonthScreen(view, model::turn, { nav.navigate("day/$it") }, { model.export(share) }, back)
            }
        }
        composable("day/{date}") { entry ->
            val date = entry.arguments?.getString("date").orEmpty()
            val model = model { a, _ -> DayModel(a, date) }
            val (share, nobody) = sharing()
            Viewed(model.state.collectAsStateWithLifecycle().value, nobody) { view ->
                val turn = { day: String -> nav.navigate("day/$day") { popUpTo("record") } }
                DayScreen(view, turn, punch, { model.export(share) }, back)
            }
        }
        composable("punch/{id}") { entry ->
            val id = entry.arguments?.getString("id").orEmpty()
            val model = model { a, _ -> PunchModel(a, id) }
            val (share, nobody) = sharing()
            val pictures by model.pictures.collectAsStateWithLifecycle()
            Viewed(model.state.collectAsStateWithLifecycle().value, nobody) { PunchScreen(it, pictures, { model.export(share) }, back) }
        }
        composable("waiting") {
            val model = model { a, _ -> WaitingModel(a) }
            val (share, nobody) = sharing()
            Viewed(model.waiting.collectAsStateWithLifecycle().value, nobody) { WaitingScreen(it, model::send, { model.exportRefused(share) }, punch, back) }
        }
        composable("settings") { SettingsRoute(nav, back) }
        composable("keys") {
            val model = model { a, _ -> KeysModel(a) }
            Viewed(model.state.collectAsStateWithLifecycle().value) { KeysScreen(it.keys, it.employer, back) }
        }
        composable("leave") {
            val model = model { a, _ -> LeaveModel(a) }
            val (share, nobody) = sharing()
            val failure by model.failure.collectAsStateWithLifecycle()
            Viewed(model.state.collectAsStateWithLifecycle().value, nobody) { LeaveScreen(it.preview, it.employer, failure, { model.leave(share) }, back) }
        }
        composable("licences") { LicencesScreen(LICENCES, back) }
    }
}

/** Nothing until there is a value: it comes from the phone itself, at once. */
@Composable
private fun <T : Any> Viewed(value: T?, nobodyToShare: Boolean = false, content: @Composable (T) -> Unit) {
    if (nobodyToShare) Notice(stringResource(R.string.refusals_no_share_app))
    if (value != null) content(value)
}

@OptIn(ExperimentalMaterial3Api::class)
@Composable
private fun TodayRoute(nav: NavHostController, onPunch: (String) -> Unit) {
    val context = LocalContext.current
    val model = model { a, _ -> TodayModel(a) }
    val state by model.state.collectAsStateWithLifecycle()
    val result by model.result.collectAsStateWithLifecycle()
    val allow = ask(ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION) { given, forGood -> model.refused(!given && forGood) }
    LifecycleResumeEffect(model) {
        model.look()
        onPauseOrDispose { }
    }
    LaunchedEffect(model) { model.listen() }
    state?.let { shown ->
        TodayScreen(
            shown,
            TodayActions(
                punch = { model.punch(it) },
                checkPlace = model::checkPlace,
                allowLocation = allow,
                appSettings = context::openAppSettings,
                locationSettings = context::openLocationSettings,
                field = { nav.navigate("field") },
                record = { nav.navigate("record") },
                waiting = { nav.navigate("waiting") },
                settings = { nav.navigate("settings") },
                open = onPunch,
            ),
        )
    }
    result?.let { shown ->
        ModalBottomSheet(model::dismiss, sheetState = rememberModalBottomSheetState(skipPartiallyExpanded = true)) {
            val photo = {
                model.dismiss()
                onPunch(shown.fresh.result.id)
            }
            ResultContent(shown, ResultActions({ model.note(it) }, photo, model::dismiss))
        }
    }
}

@Composable
private fun FieldRoute(back: () -> Unit) {
    val context = LocalContext.current
    val model = model { a, _ -> FieldModel(a) }
    val state by model.state.collectAsStateWithLifecycle()
    var taking by rememberSaveable { mutableStateOf(false) }
    val camera = ask(CAMERA) { given, forGood ->
        model.camera(standing(given, forGood))
        if (given) model.opens()
        taking = given
    }
    val gallery = rememberLauncherForActivityResult(PickVisualMedia()) { uri -> uri?.let { model.chosen(it) } }
    if (taking) {
        BackHandler { taking = false }
        PhotoScreen(context.dakaApplication.device.camera, model::photoFile, {
            taking = false
            model.taken(it)
        }, {
            taking = false
            model.camera(CameraStanding.FAILED)
        }, { taking = false })
        return
    }
    FieldScreen(
        state,
        FieldActions(
            change = model::change,
            camera = camera,
            gallery = { gallery.launch(PickVisualMediaRequest(PickVisualMedia.ImageOnly)) },
            removePhoto = model::removePhoto,
            submit = { model.submit(back) },
            discard = { model.discard(back) },
            back = back,
            appSettings = context::openAppSettings,
        ),
    )
}

@Composable
private fun SettingsRoute(nav: NavHostController, back: () -> Unit) {
    val model = model { a, _ -> SettingsModel(a) }
    val (share, nobody) = sharing()
    val to = { route: String -> { nav.navigate(route) } }
    Viewed(model.state.collectAsStateWithLifecycle().value, nobody) {
        val actions = SettingsActions({ purpose, on -> model.consent(purpose, on) }, to("keys"), to("leave"), { model.diagnostics(share) }, to("licences"), back)
        SettingsScreen(it, actions)
    }
}
