package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code disk.scheduler.<device>}, {@code disk.readahead.<device>} and {@code vm.transparent_hugepage}: single files of
 * sysfs(5).
 */
public final class SysfsApplier implements Applier {
    private static final String SCHEDULER = "disk.scheduler.";
    private static final String READAHEAD = "disk.readahead.";
    private static final String HUGEPAGE = "vm.transparent_hugepage";

    private final HostFiles files;
    private final HostRoot root;

    public SysfsApplier(HostFiles files, HostRoot root) {
        this.files = files;
        this.root = root;
    }

    @Override
    public boolean covers(String parameter) {
        return parameter.startsWith(SCHEDULER) || parameter.startsWith(READAHEAD) || parameter.equals(HUGEPAGE);
    }

    @Override
    public Support support(String parameter) throws IOException {
        if (!parameter.equals(HUGEPAGE)) {
            Optional<String> why = device(parameter).whyMissing();
            if (why.isPresent()) {
                return new Support.NotSupported(why.get());
            }
        }
        return Support.unless(file(parameter).whyUnusable());
    }

    @Override
    public Snapshot read(String parameter) throws IOException {
        return control(parameter).snapshot(file(parameter).read());
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        control(parameter).write(parameter, value, file(parameter));
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        String wanted = control(parameter).text(parameter, value);
        Optional<String> actual = read(parameter).shown();
        return new Verification(actual.isPresent() && control(parameter).shows(wanted, actual.get()), actual);
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        Snapshot now = read(parameter);
        if (now.content().isPresent() && original.content().isPresent() && !now.equals(original)) {
            file(parameter).write(original.shown().orElseThrow());
        }
    }

    @Override
    public boolean isResetAtBoot(String parameter) {
        return true;
    }

    private KernelFile file(String parameter) {
        return new KernelFile(files, path(parameter));
    }

    private Path path(String parameter) {
        if (parameter.equals(HUGEPAGE)) {
            return root.at("/sys/kernel/mm/transparent_hugepage/enabled");
        }
        return device(parameter).file(parameter.startsWith(SCHEDULER) ? "queue/scheduler" : "queue/read_ahead_kb");
    }

    private BlockDevice device(String parameter) {
        String prefix = parameter.startsWith(SCHEDULER) ? SCHEDULER : READAHEAD;
        return new BlockDevice(files, root, parameter.substring(prefix.length()));
    }

    private static SysfsControl control(String parameter) {
        return parameter.startsWith(READAHEAD) ? SysfsControl.KIBIBYTES : SysfsControl.CHOICE;
    }
}
