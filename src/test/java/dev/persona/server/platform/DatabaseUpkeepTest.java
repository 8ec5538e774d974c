package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseUpkeepTest {
    private static final int ROWS = 500;
    private static final int TRANSACTIONS = 1_000;

    @TempDir
    Path folder;

    @Test
    void the_file_grows_by_what_is_kept_and_not_by_what_is_replaced() throws IOException, SQLException {
        long unkept = sizeAfterWriting("unkept", false);
        long kept = sizeAfterWriting("kept", true);

        assertThat(kept).isLessThan(unkept / 2);
    }

    /** Each transaction replaces rows, as reports do, and adds one that stays, as history does. */
    private long sizeAfterWriting(String name, boolean upkeep) throws IOException, SQLException {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl("jdbc:h2:file:" + folder.resolve(name) + ";WRITE_DELAY=0;DB_CLOSE_DELAY=-1");
        DatabaseUpkeep keeper = new DatabaseUpkeep(database);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set retention_time 0"); // what is unused is overwritten at once, not after 45 s
            statement.execute("create table progress(id int primary key, text varchar)");
            statement.execute("create table history(id int primary key, text varchar)");
            connection.setAutoCommit(false);
            try (PreparedStatement replace = connection.prepareStatement("merge into progress values (?, ?)");
                    PreparedStatement add = connection.prepareStatement("insert into history values (?, ?)")) {
                for (int i = 0; i < TRANSACTIONS; i++) {
                    for (int row = 0; row < 20; row++) {
                        write(replace, (i * 20 + row) * 7 % ROWS, "progress".repeat(200) + i);
                    }
                    write(add, i, "history".repeat(50));
                    connection.commit();
                    if (upkeep && i % 10 == 0) {
                        keeper.compact();
                    }
                }
            }
            long size = Files.size(folder.resolve(name + ".mv.db"));
            statement.execute("shutdown immediately");
            return size;
        }
    }

    private static void write(PreparedStatement statement, int id, String text) throws SQLException {
        statement.setInt(1, id);
        statement.setString(2, text);
        statement.executeUpdate();
    }
}
