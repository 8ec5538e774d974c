package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.DurableFiles;
import dev.persona.agent.platform.FileStatus;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Ownership;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code security.ssh.*}: keywords of sshd_config(5), in one drop-in file of our own that sshd reads before all others,
 * for it takes the first value that it finds.
 *
 * <p>{@code sshd -t} judges the whole configuration with the new values before they take their place, and {@code sshd -T}
 * tells what is in effect. A snapshot of a parameter is its line in our file, or that there is none.
 */
public final class SshdApplier implements Applier {
    private static final String PREFIX = "security.ssh.";
    private static final String MAIN = "/etc/ssh/sshd_config";
    private static final String FOLDER = "/etc/ssh/sshd_config.d";
    private static final String DROP_IN = FOLDER + "/00-persona-agent.conf";
    private static final String HEADER = "# Written by persona-agent, which takes it back; changes are lost.\n";
    private static final Pattern INCLUDE = Pattern.compile("(?mi)^\\s*include\\s.*\\bsshd_config\\.d/\\*");
    private static final int LIMIT_BYTES = 64 * 1024;
    private static final int MODE = 0644;

    private static final Map<String, SshdKeyword> KEYWORDS = Map.of(
            "password_authentication", SshdKeyword.yesOrNo("PasswordAuthentication"),
            "kbd_interactive_authentication", SshdKeyword.yesOrNo("KbdInteractiveAuthentication"),
            "x11_forwarding", SshdKeyword.yesOrNo("X11Forwarding"),
            "allow_tcp_forwarding", SshdKeyword.yesOrNo("AllowTcpForwarding"),
            "permit_root_login",
                    SshdKeyword.oneOf("PermitRootLogin", "yes", "no", "prohibit-password", "forced-commands-only"),
            "max_auth_tries", SshdKeyword.number("MaxAuthTries", 1, 100));

    private final HostFiles files;
    private final DurableFiles durable;
    private final HostRoot root;
    private final Tool sshd;
    private final List<String> reload;

    /** @param reload program and arguments that make the daemon read its configuration again */
    SshdApplier(HostFiles files, HostRoot root, Tool sshd, List<String> reload) {
        this.files = files;
        this.durable = new DurableFiles(files);
        this.root = root;
        this.sshd = sshd;
        this.reload = List.copyOf(reload);
    }

    @Override
    public boolean covers(String parameter) {
        return parameter.startsWith(PREFIX) && KEYWORDS.containsKey(parameter.substring(PREFIX.length()));
    }

    @Override
    public Support support(String parameter) throws IOException {
        Optional<String> missing = sshd.whyMissing();
        return Support.unless(missing.isPresent() ? missing : whyNotIncluded());
    }

    private Optional<String> whyNotIncluded() throws IOException {
        Optional<FileStatus> folder = files.status(root.at(FOLDER));
        if (folder.isEmpty() || folder.get().kind() != FileStatus.Kind.FOLDER) {
            return Optional.of("`" + root.at(FOLDER) + "` is no folder");
        }
        String main = files.read(root.at(MAIN), LIMIT_BYTES).map(Content::shown).orElse("");
        return INCLUDE.matcher(main).find()
                ? Optional.empty()
                : Optional.of("`" + root.at(MAIN) + "` does not read `" + FOLDER + "`; begin it with `Include " + FOLDER
                        + "/*.conf`");
    }

    @Override
    public Snapshot read(String parameter) throws IOException {
        return Optional.ofNullable(lines().get(keyword(parameter).name()))
                .map(value -> Snapshot.of(Content.of(value)))
                .orElseGet(Snapshot::absent);
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        put(parameter, Optional.of(keyword(parameter).text(parameter, value)));
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        String wanted = keyword(parameter).text(parameter, value);
        String prefix = keyword(parameter).name().toLowerCase(Locale.ROOT) + " ";
        Optional<String> actual = sshd.output("-T", "-f", root.at(MAIN).toString())
                .lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> SshdKeyword.normalised(line.substring(prefix.length())))
                .findFirst();
        return new Verification(actual.equals(Optional.of(wanted)), actual);
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        put(parameter, original.shown());
    }

    @Override
    public boolean isResetAtBoot(String parameter) {
        return false;
    }

    /** The reload. */
    @Override
    public boolean hasFurtherEffects(String parameter) {
        return true;
    }

    private void put(String parameter, Optional<String> value) throws IOException {
        Map<String, String> lines = lines();
        value.ifPresentOrElse(
                text -> lines.put(keyword(parameter).name(), text),
                () -> lines.remove(keyword(parameter).name()));
        if (lines.isEmpty()) {
            durable.delete(root.at(DROP_IN));
        } else {
            StringBuilder text = new StringBuilder(HEADER);
            lines.forEach((name, line) -> text.append(name + " " + line + "\n"));
            Ownership own = files.own();
            durable.replace(
                    root.at(DROP_IN),
                    Content.of(text.toString()),
                    new Ownership(own.uid(), own.gid(), MODE),
                    candidate -> check(lines));
        }
        sshd.commands().succeed(reload, sshd.timeout());
    }

    /** What stands on sshd's command line comes before all files. */
    private void check(Map<String, String> lines) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("-t", "-f", root.at(MAIN).toString()));
        lines.forEach((name, value) -> arguments.addAll(List.of("-o", name + "=" + value)));
        sshd.output(arguments.toArray(String[]::new));
    }

    /** Our file, by keyword. */
    private Map<String, String> lines() throws IOException {
        Map<String, String> lines = new TreeMap<>();
        files.read(root.at(DROP_IN), LIMIT_BYTES)
                .map(Content::shown)
                .orElse("")
                .lines()
                .map(line -> line.split(" ", 2))
                .filter(line -> line.length == 2 && !line[0].startsWith("#"))
                .forEach(line -> lines.put(line[0], line[1]));
        return lines;
    }

    private static SshdKeyword keyword(String parameter) {
        return KEYWORDS.get(parameter.substring(PREFIX.length()));
    }
}
