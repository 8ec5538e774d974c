package dev.persona.agent.applier;

import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import java.io.IOException;
import java.util.Optional;

/** The users and groups of the host's own files, passwd(5) and group(5); directory services are not asked. */
record Accounts(HostFiles files, HostRoot root) {
    private static final int LIMIT_BYTES = 4 * 1024 * 1024;
    private static final int NAME = 0;
    private static final int ID = 2;

    /** The number of a user, given by name or number. */
    int uid(String user) throws IOException {
        return id(user, "/etc/passwd");
    }

    /** The number of a group, given by name or number. */
    int gid(String group) throws IOException {
        return id(group, "/etc/group");
    }

    private int id(String name, String file) throws IOException {
        if (name.matches("[0-9]{1,9}")) {
            return Integer.parseInt(name);
        }
        Optional<String> accounts = files.read(root.at(file), LIMIT_BYTES).flatMap(Content::text);
        return accounts.stream()
                .flatMap(String::lines)
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length > ID && fields[NAME].equals(name) && fields[ID].matches("[0-9]{1,9}"))
                .map(fields -> Integer.parseInt(fields[ID]))
                .findFirst()
                .orElseThrow(() -> new IOException("`" + name + "` is not in `" + root.at(file) + "`"));
    }
}
