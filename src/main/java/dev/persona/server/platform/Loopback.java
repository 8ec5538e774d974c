package dev.persona.server.platform;

import java.util.Locale;
import java.util.regex.Pattern;

/** The addresses that lead back to this host (RFC 1122, RFC 4291, RFC 6761); names are never looked up. */
final class Loopback {
    private static final Pattern IPV4 = Pattern.compile("127(\\.\\d{1,3}){3}");

    private Loopback() {}

    /** @param host a name or address without port; IPv6 with or without brackets */
    static boolean is(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.equals("::1")
                || name.equals("[::1]")
                || IPV4.matcher(name).matches();
    }
}
