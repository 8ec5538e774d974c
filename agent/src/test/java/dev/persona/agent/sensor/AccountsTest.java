package dev.persona.agent.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsTest {
    private static final String PASSWD =
            """
            root:x:0:0:root:/root:/bin/bash
            alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash
            no colons here
            carol:x:1002:4711::/home/carol:/bin/sh
            """;
    private static final String GROUP =
            """
            root:x:0:
            wheel:x:10:alice,bob
            alice:x:1000:
            dba:x:50: alice ,
            broken:x:51
            """;

    @Test
    void a_user_is_in_the_primary_group_and_in_those_that_list_the_user() {
        Accounts accounts = Accounts.parse(PASSWD, GROUP);

        assertThat(accounts.groupsOf("alice")).containsExactly("alice", "dba", "wheel");
        assertThat(accounts.groupsOf("root")).containsExactly("root");
    }

    @Test
    void a_user_whom_only_a_group_knows_is_in_that_group() {
        assertThat(Accounts.parse(PASSWD, GROUP).groupsOf("bob")).containsExactly("wheel");
    }

    @Test
    void unknown_users_and_groups_leave_no_trace() {
        Accounts accounts = Accounts.parse(PASSWD, GROUP);

        assertThat(accounts.groupsOf("carol")).isEmpty();
        assertThat(accounts.groupsOf("mallory")).isEmpty();
    }

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
