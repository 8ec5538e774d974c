package dev.persona.server.closedworld;

import dev.persona.server.closedworld.recorder.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One reflective access of a recorded program.
 *
 * @param type the class that it reached, empty for a resource
 * @param member {@code name} of a field or a resource, {@code name(types)} of a method, a constructor or a proxy; else empty
 * @param caller the code outside of the JDK that did it: {@code class#method@index}
 * @param via the part of the JDK that had been called there and did it, {@code class#method}; empty if the access was the call
 */
record Access(Kind kind, String type, String member, String caller, String via) {

    /** What was done, in the words of the {@link Recorder}. */
    enum Kind {
        TYPE,
        LOAD,
        MEMBER,
        MEMBERS,
        USE,
        HANDLE,
        ARRAY,
        PROXY,
        SERIALIZE,
        DEFINE,
        RESOURCE
    }

    static Access parse(String line) {
        String[] fields = line.split("\t", -1);
        return new Access(Kind.valueOf(fields[0].toUpperCase()), fields[1], fields[2], fields[3], fields[4]);
    }

    /** All that a file of the recorder holds, but a last line that a killed program didn't end. */
    static List<Access> read(Path file) throws IOException {
        String text = Files.readString(file);
        return Stream.of(text.substring(0, text.lastIndexOf('\n') + 1).split("\n"))
                .filter(line -> !line.isEmpty())
                .map(Access::parse)
                .toList();
    }

    /** Whether it was an access of {@link java.util.ServiceLoader}. */
    boolean isService() {
        return via.startsWith("java.util.ServiceLoader");
    }

    String callingClass() {
        return caller.substring(0, caller.indexOf('#'));
    }

    /** The name of the calling method, which others of its class can share. */
    String callingMethod() {
        return caller.substring(caller.indexOf('#') + 1, caller.indexOf('@'));
    }

    /** Where in the bytecode of the calling method. */
    int callingIndex() {
        return Integer.parseInt(caller.substring(caller.indexOf('@') + 1));
    }
}
