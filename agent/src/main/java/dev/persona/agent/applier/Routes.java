package dev.persona.agent.applier;

import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The host's routes, {@code /proc/net/route} and {@code ipv6_route} of proc(5). */
record Routes(HostFiles files, HostRoot root) {
    private static final int LIMIT_BYTES = 4 * 1024 * 1024;
    private static final int UP = 0x1;
    private static final int REJECT = 0x200;
    private static final int HEXADECIMAL = 16;

    private record Route(String device, long metric, long flags) {
        boolean leadsOut() {
            return (flags & UP) != 0 && (flags & REJECT) == 0 && !device.equals("lo");
        }
    }

    /** That of the default route with the least metric, of version 4 if there is one, or else of version 6. */
    Optional<String> defaultInterface() throws IOException {
        Stream<Route> version4 = lines("/proc/net/route")
                .filter(fields -> fields.length > 7 && isZero(fields[1]) && isZero(fields[7]))
                .map(fields -> new Route(fields[0], Long.parseLong(fields[6]), Long.parseLong(fields[3], HEXADECIMAL)));
        Stream<Route> version6 = lines("/proc/net/ipv6_route")
                .filter(fields -> fields.length > 9 && isZero(fields[0]) && isZero(fields[1]))
                .map(fields -> new Route(
                        fields[9], Long.parseLong(fields[5], HEXADECIMAL), Long.parseLong(fields[8], HEXADECIMAL)));
        return best(version4).or(() -> best(version6));
    }

    private static Optional<String> best(Stream<Route> routes) {
        return routes.filter(Route::leadsOut)
                .min(Comparator.comparingLong(Route::metric))
                .map(Route::device);
    }

    private static boolean isZero(String address) {
        return address.matches("0+");
    }

    private Stream<String[]> lines(String file) throws IOException {
        return files.read(root.at(file), LIMIT_BYTES).flatMap(Content::text).stream()
                .flatMap(String::lines)
                .map(line -> line.strip().split("\\s+"));
    }
}
