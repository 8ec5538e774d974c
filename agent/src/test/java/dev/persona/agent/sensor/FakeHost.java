package dev.persona.agent.sensor;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A host whose readings tests set; each may be made to fail. */
final class FakeHost implements Host {
    Supplier<CpuTime> cpuTime = () -> new CpuTime(1_000, 10_000);
    Supplier<LoadAverage> loadAverage = () -> new LoadAverage(0.5, 0.25, 0.125);
    Supplier<Space> memory = () -> new Space(2_000, 8_000);
    Supplier<Space> swap = () -> new Space(100, 1_000);
    Supplier<Space> rootFileSystem = () -> new Space(30, 100);
    Supplier<Map<String, DiskCounters>> disks = () -> Map.of("vda", new DiskCounters(1_000, 2_000, 300));
    Supplier<Map<String, NetworkCounters>> interfaces = () -> Map.of("eth0", new NetworkCounters(5_000, 7_000));
    Supplier<Integer> processes = () -> 76;
    Supplier<Duration> uptime = () -> Duration.ofMinutes(2);
    Supplier<List<String>> users = List::of;

    @Override
    public CpuTime cpuTime() {
        return cpuTime.get();
    }

    @Override
    public LoadAverage loadAverage() {
        return loadAverage.get();
    }

    @Override
    public Space memory() {
        return memory.get();
    }

    @Override
    public Space swap() {
        return swap.get();
    }

    @Override
    public Space rootFileSystem() {
        return rootFileSystem.get();
    }

    @Override
    public Map<String, DiskCounters> disks() {
        return disks.get();
    }

    @Override
    public Map<String, NetworkCounters> interfaces() {
        return interfaces.get();
    }

    @Override
    public int processes() {
        return processes.get();
    }

    @Override
    public Duration uptime() {
        return uptime.get();
    }

    @Override
    public List<String> users() {
        return users.get();
    }
}
