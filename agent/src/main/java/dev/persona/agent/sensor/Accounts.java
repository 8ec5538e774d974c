package dev.persona.agent.sensor;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which groups each user is in, according to passwd(5) and group(5).
 *
 * <p>Accounts that come from elsewhere (LDAP, sssd) are known by the groups that the local file lists them in.
 */
final class Accounts {
    private final Map<String, Set<String>> groupsByUser;

    private Accounts(Map<String, Set<String>> groupsByUser) {
        this.groupsByUser = groupsByUser;
    }

    /** Reads the text of both files; lines that aren't of their form are passed over. */
    static Accounts parse(String passwd, String group) {
        Map<String, Set<String>> groupsByUser = new HashMap<>();
        Map<String, String> groupById = new HashMap<>();
        fields(group, 4).forEach(fields -> {
            groupById.putIfAbsent(fields[2], fields[0]);
            Arrays.stream(fields[3].split(","))
                    .map(String::strip)
                    .filter(member -> !member.isEmpty())
                    .forEach(member -> add(groupsByUser, member, fields[0]));
        });
        fields(passwd, 7)
                .filter(fields -> groupById.containsKey(fields[3]))
                .forEach(fields -> add(groupsByUser, fields[0], groupById.get(fields[3])));
        return new Accounts(groupsByUser);
    }

    /** Primary and supplementary groups, sorted; none for a user whom neither file knows. */
    List<String> groupsOf(String user) {
        return List.copyOf(groupsByUser.getOrDefault(user, Set.of()));
    }

    private static void add(Map<String, Set<String>> groupsByUser, String user, String group) {
        groupsByUser.computeIfAbsent(user, unused -> new TreeSet<>()).add(group);
    }

    private static Stream<String[]> fields(String text, int count) {
        return text.lines().map(line -> line.split(":", -1)).filter(fields -> fields.length == count);
    }
}
