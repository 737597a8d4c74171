package org.daka.support

import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** Tests with the real library and a server process of their own, which serves all of a class. */
abstract class ServedTest {
    companion object {
        lateinit var server: RealServer
            private set

        @JvmStatic
        @BeforeAll
        fun serve(@TempDir folder: Path) {
            Built.library()
            server = RealServer(folder, Built.server())
        }

        @JvmStatic
        @AfterAll
        fun end() = server.close()
    }
}
