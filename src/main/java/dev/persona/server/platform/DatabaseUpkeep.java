package dev.persona.server.platform;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;

/**
 * Keeps the file of the embedded database from growing: writes what is still used in mostly unused parts of it anew, so
 * that these can be overwritten. H2 does so by itself only where a commit may be answered before it is on disk.
 */
@Singleton
class DatabaseUpkeep {
    /** In per cent: less of a file is rewritten only if it is worth it. */
    private static final int LEAST_USED = 50;

    private static final int BYTES_AT_ONCE = 4 * 1024 * 1024;

    private final DataSource database;

    DatabaseUpkeep(DataSource database) {
        this.database = database;
    }

    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void compact() throws SQLException {
        try (Connection connection = database.getConnection()) {
            if (connection.isWrapperFor(JdbcConnection.class)
                    && connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
                session.getDatabase().getStore().getMvStore().compact(LEAST_USED, BYTES_AT_ONCE);
            }
        }
    }
}
