package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.DurableFiles;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Ownership;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code service.<unit>}: whether a systemd unit runs, and the resources that it gets.
 *
 * <p>Both are for the time until the next boot: a unit is started or stopped, never enabled or disabled, and its resources are
 * a drop-in file of our own below {@code /run}, which sorts after all others and takes effect with {@code daemon-reload}, on
 * running processes too. So what a value doesn't name is as the unit's own files say. The drop-in also notes whether the
 * unit ran before: a value that names resources only brings that back.
 */
public final class ServiceApplier implements Applier {
    private static final String PREFIX = "service.";
    private static final String OWN_UNIT = "persona-agent.service";
    private static final String FOLDER = "/run/systemd/system/";
    private static final String DROP_IN = "zz-persona-agent.conf";
    private static final String NOTE = "# Written by persona-agent, which takes it back; the unit was ";
    private static final int LIMIT_BYTES = 64 * 1024;
    private static final int MODE = 0644;

    private final HostFiles files;
    private final DurableFiles durable;
    private final HostRoot root;
    private final Tool systemctl;

    ServiceApplier(HostFiles files, HostRoot root, Tool systemctl) {
        this.files = files;
        this.durable = new DurableFiles(files);
        this.root = root;
        this.systemctl = systemctl;
    }

    @Override
    public boolean covers(String parameter) {
        return parameter.startsWith(PREFIX);
    }

    @Override
    public Support support(String parameter) throws IOException {
        Optional<String> missing = systemctl.whyMissing();
        return Support.unless(missing.isPresent() ? missing : whyUnusable(parameter));
    }

    private Optional<String> whyUnusable(String parameter) throws IOException {
        Optional<UnitName> unit = UnitName.of(parameter.substring(PREFIX.length()));
        if (unit.isEmpty()) {
            return Optional.of("`" + parameter + "` names no unit of systemd");
        }
        if (unit.get().full().equals(OWN_UNIT)) {
            return Optional.of("the agent does not change its own unit");
        }
        Map<String, String> shown = show(unit.get());
        String id = shown.getOrDefault("Id", "");
        return switch (shown.getOrDefault("LoadState", "")) {
            case "loaded" ->
                parameter.equals(PREFIX + UnitName.shortest(id))
                        ? Optional.empty()
                        : Optional.of("spell it `" + PREFIX + UnitName.shortest(id) + "`, so that it has one name");
            case "not-found" ->
                Optional.of("this host has no unit `" + unit.get().full() + "`");
            default ->
                Optional.of("systemd shows the unit `" + unit.get().full() + "` as "
                        + shown.getOrDefault("LoadState", "unknown"));
        };
    }

    /** Whether it runs, and then our drop-in, if there is one. */
    @Override
    public Snapshot read(String parameter) throws IOException {
        UnitName unit = unit(parameter);
        return Snapshot.of(Content.of(state(show(unit)) + "\n" + dropIn(unit).orElse("")));
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        UnitName unit = unit(parameter);
        UnitSettings wanted = UnitSettings.of(parameter, value, unit);
        String now = state(show(unit));
        String before = before(unit).orElse(now);
        write(unit, Optional.of(NOTE + before + "\n" + wanted.text(unit)));
        become(unit, wanted.state().orElse(before), now);
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        UnitName unit = unit(parameter);
        UnitSettings wanted = UnitSettings.of(parameter, value, unit);
        Map<String, String> shown = show(unit);
        Optional<String> state = wanted.state().isPresent() ? wanted.state() : before(unit);
        boolean runs = state.isEmpty() || state.get().equals(state(shown));
        boolean written = dropIn(unit)
                .map(text -> text.substring(text.indexOf('\n') + 1).equals(wanted.text(unit)))
                .orElse(true);
        return new Verification(
                runs && written && wanted.areIn(shown), Optional.of(state(shown) + wanted.shown(shown)));
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        UnitName unit = unit(parameter);
        Map<String, String> shown = show(unit);
        String[] then = original.content().flatMap(Content::text).orElse("\n").split("\n", 2);
        if (shown.getOrDefault("LoadState", "").equals("loaded")) {
            become(unit, then[0], state(shown)); // first: the drop-in knows what the unit was, should this fail
        }
        write(unit, Optional.of(then[1]).filter(text -> !text.isEmpty()));
    }

    /** Both live in {@code /run}, which a boot empties. */
    @Override
    public boolean isResetAtBoot(String parameter) {
        return true;
    }

    /** The reload. */
    @Override
    public boolean hasFurtherEffects(String parameter) {
        return true;
    }

    private void become(UnitName unit, String wanted, String now) throws IOException {
        if (!wanted.equals(now)) {
            systemctl.output(wanted.equals(UnitSettings.STARTED) ? "start" : "stop", "--", unit.full());
        }
    }

    private void write(UnitName unit, Optional<String> text) throws IOException {
        Path file = file(unit);
        if (text.isPresent()) {
            Ownership own = files.own();
            files.createFolders(file.getParent());
            durable.replace(file, Content.of(text.get()), new Ownership(own.uid(), own.gid(), MODE));
        } else if (files.status(file.getParent()).isPresent()) {
            durable.delete(file);
        }
        systemctl.output("daemon-reload");
    }

    private static String state(Map<String, String> shown) {
        return switch (shown.getOrDefault("ActiveState", "")) {
            case "active", "reloading", "activating", "refreshing" -> UnitSettings.STARTED;
            default -> UnitSettings.STOPPED;
        };
    }

    private Map<String, String> show(UnitName unit) throws IOException {
        String properties = "--property=Id,LoadState,ActiveState," + UnitSettings.PROPERTIES;
        return Arrays.stream(
                        systemctl.output("show", properties, "--", unit.full()).split("\n"))
                .map(line -> line.split("=", 2))
                .filter(line -> line.length == 2)
                .collect(Collectors.toMap(line -> line[0], line -> line[1], (first, again) -> first));
    }

    /** What the unit was before our drop-in; empty if there is none. */
    private Optional<String> before(UnitName unit) throws IOException {
        return dropIn(unit)
                .filter(text -> text.startsWith(NOTE))
                .map(text -> text.substring(NOTE.length()).lines().findFirst().orElse(""));
    }

    private Optional<String> dropIn(UnitName unit) throws IOException {
        return files.read(file(unit), LIMIT_BYTES).flatMap(Content::text);
    }

    private Path file(UnitName unit) {
        return root.at(FOLDER + unit.full() + ".d/" + DROP_IN);
    }

    private static UnitName unit(String parameter) throws IOException {
        return UnitName.of(parameter.substring(PREFIX.length()))
                .orElseThrow(() -> new IOException("`" + parameter + "` names no unit of systemd"));
    }
}
