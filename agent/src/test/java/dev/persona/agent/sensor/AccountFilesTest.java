package dev.persona.agent.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountFilesTest {

    @Test
    void files_are_read_again_when_they_change(@TempDir Path etc) throws IOException {
        AccountFiles files = new AccountFiles(etc);
        Path group = Files.writeString(etc.resolve("group"), "wheel:x:10:alice\n");
        Files.setLastModifiedTime(group, FileTime.fromMillis(1_000));
        Accounts before = files.get();

        Files.writeString(group, "dba:x:50:alice\n");
        Files.setLastModifiedTime(group, FileTime.fromMillis(2_000));
        Accounts after = files.get();

        assertThat(before.groupsOf("alice")).containsExactly("wheel");
        assertThat(after.groupsOf("alice")).containsExactly("dba");
        assertThat(files.get()).isSameAs(after);
    }

    @Test
    void a_host_without_the_files_knows_no_groups(@TempDir Path etc) {
        assertThat(new AccountFiles(etc).get().groupsOf("root")).isEmpty();
    }
}
