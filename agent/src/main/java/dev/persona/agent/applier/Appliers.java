package dev.persona.agent.applier;

import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The families of parameters that this agent knows. */
public final class Appliers {
    private final List<Applier> families;

    public Appliers(List<Applier> families) {
        this.families = List.copyOf(families);
    }

    /** All families, as the host's owner configured them. */
    public static Appliers of(HostConfig config, HostFiles files, Commands commands) {
        HostRoot root = new HostRoot(config.root());
        Function<String, Tool> tool = program -> new Tool(commands, program, config.commandTimeout());
        return new Appliers(List.of(
                new SysctlApplier(files, root),
                new CgroupApplier(files, root, config.cgroup()),
                new IoLimitApplier(files, root, config.cgroup()),
                new CpufreqApplier(files, root),
                new SysfsApplier(files, root),
                new EgressRateApplier(files, root, tool.apply("tc")),
                new ServiceApplier(files, root, tool.apply("systemctl")),
                new SshdApplier(files, root, tool.apply("sshd"), config.ssh().reload()),
                new FirewallApplier(
                        files, root, tool.apply("nft"), config.firewall().profile()),
                new DomainApplier(tool.apply("virsh"), config.libvirt().uri(), DomainApplier.Pause.REAL),
                new FileApplier(files, root, commands, config.file()),
                new CustomApplier(commands, config.custom())));
    }

    /** The family that a parameter is of; empty if this agent knows none. */
    public Optional<Applier> covering(String parameter) {
        return families.stream().filter(family -> family.covers(parameter)).findFirst();
    }

    /** What on the host a parameter sets; by itself if this agent doesn't know it. */
    public String place(String parameter) {
        return covering(parameter).map(family -> family.place(parameter)).orElse(parameter);
    }
}
