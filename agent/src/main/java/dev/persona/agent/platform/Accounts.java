package dev.persona.agent.platform;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The users and groups of passwd(5) and group(5).
 *
 * <p>Accounts that come from elsewhere (LDAP, sssd) are known by the groups that the local file lists them in.
 */
public final class Accounts {
    private static final int NAME = 0;
    private static final int ID = 2;
    private static final int PRIMARY_GROUP = 3;
    private static final int MEMBERS = 3;

    private final Map<String, Integer> uids = new HashMap<>();
    private final Map<String, Integer> gids = new HashMap<>();
    private final Map<String, Set<String>> groupsByUser = new HashMap<>();

    private Accounts() {}

    /** Reads the text of both files; lines that aren't of their form are passed over, of equal names the first counts. */
    public static Accounts parse(String passwd, String group) {
        Accounts accounts = new Accounts();
        Map<String, String> groupById = new HashMap<>();
        fields(group, 4).forEach(fields -> {
            groupById.putIfAbsent(fields[ID], fields[NAME]);
            number(fields[ID]).ifPresent(id -> accounts.gids.putIfAbsent(fields[NAME], id));
            Arrays.stream(fields[MEMBERS].split(","))
                    .map(String::strip)
                    .filter(member -> !member.isEmpty())
                    .forEach(member -> accounts.add(member, fields[NAME]));
        });
        fields(passwd, 7).forEach(fields -> {
            number(fields[ID]).ifPresent(id -> accounts.uids.putIfAbsent(fields[NAME], id));
            if (groupById.containsKey(fields[PRIMARY_GROUP])) {
                accounts.add(fields[NAME], groupById.get(fields[PRIMARY_GROUP]));
            }
        });
        return accounts;
    }

    /** The number of a user, given by name or number; empty if there is no such name. */
    public OptionalInt uid(String user) {
        return id(user, uids);
    }

    /** The number of a group, given by name or number; empty if there is no such name. */
    public OptionalInt gid(String group) {
        return id(group, gids);
    }

    /** Primary and supplementary groups, sorted; none for a user whom neither file knows. */
    public List<String> groupsOf(String user) {
        return List.copyOf(groupsByUser.getOrDefault(user, Set.of()));
    }

    private static OptionalInt id(String name, Map<String, Integer> ids) {
        OptionalInt number = number(name);
        return number.isPresent() || !ids.containsKey(name) ? number : OptionalInt.of(ids.get(name));
    }

    private void add(String user, String group) {
        groupsByUser.computeIfAbsent(user, unused -> new TreeSet<>()).add(group);
    }

    private static OptionalInt number(String text) {
        return text.matches("[0-9]{1,9}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }

    private static Stream<String[]> fields(String text, int count) {
        return text.lines().map(line -> line.split(":", -1)).filter(fields -> fields.length == count);
    }
}
