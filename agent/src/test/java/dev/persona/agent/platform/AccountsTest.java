package dev.persona.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
    void names_have_the_numbers_of_the_files_and_numbers_are_their_own() {
        Accounts accounts = Accounts.parse(PASSWD, GROUP);

        assertThat(accounts.uid("alice")).hasValue(1000);
        assertThat(accounts.gid("wheel")).hasValue(10);
        assertThat(accounts.uid("4711")).hasValue(4711);
        assertThat(accounts.uid("bob")).isEmpty();
        assertThat(accounts.gid("broken")).isEmpty();
    }
}
