package dev.persona.agent.sensor;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A host whose readings tests set; each may be made to fail. {@link #layers} are the devices that don't count. */
final class FakeHost implements Host {
    Supplier<CpuTime> cpuTime = () -> new CpuTime(1_000, 10_000);
    Supplier<LoadAverage> loadAverage = () -> new LoadAverage(0.5, 0.25, 0.125);
    Supplier<Space> memory = () -> new Space(2_000, 8_000);
    Supplier<Space> swap = () -> new Space(100, 1_000);
    Supplier<Space> rootFileSystem = () -> new Space(30, 100);
    Supplier<Map<String, DiskCounters>> disks = () -> Map.of("vda", new DiskCounters(1_000, 2_000, 300));
    Supplier<Map<String, NetworkCounters>> interfaces = () -> Map.of("eth0", new NetworkCounters(5_000, 7_000));
    Set<String> layers = Set.of();
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
    public Devices<DiskCounters> disks() {
        return devices(disks.get());
    }

    @Override
    public Devices<NetworkCounters> interfaces() {
        return devices(interfaces.get());
    }

    private <C> Devices<C> devices(Map<String, C> byName) {
        Set<String> counting = new HashSet<>(byName.keySet());
        counting.removeAll(layers);
        return new Devices<>(byName, counting);
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
