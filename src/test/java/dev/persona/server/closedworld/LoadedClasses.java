package dev.persona.server.closedworld;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The classes that a JVM loaded, as {@code -Xlog:class+load} writes them. */
final class LoadedClasses {
    /** From a jar, the JDK's image, its archive, or the folder of the recorder. */
    private static final Pattern FROM_A_FILE = Pattern.compile(".* source: (file:|jrt:|shared objects file|/).*");

    /** What the JDK makes for lambdas, method handles, reflection and proxies. */
    private static final Pattern MACHINERY = Pattern.compile("\\S*\\$\\$Lambda\\S* source: .*"
            + "|java\\.lang\\.invoke\\.(LambdaForm\\$|BoundMethodHandle\\$Species_)\\S* source: .*"
            + "|jdk\\.internal\\.reflect\\.Generated(Method|Constructor|SerializationConstructor)Accessor\\d+ source: .*"
            + "|\\S*\\$\\$InjectedInvoker\\S* source: .*"
            + "|java\\.lang\\.String\\$\\$StringConcat\\S* source: .*"
            + "|\\S*\\$Proxy\\d+ source: __dynamic_proxy__");

    private LoadedClasses() {}

    /** Those that a program made at run time, each with where it came from. */
    static List<String> madeAtRunTime(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .map(line -> line.replaceFirst("^\\[class,load *] ", ""))
                .filter(line -> line.contains(" source: "))
                .filter(line -> !FROM_A_FILE.matcher(line).matches())
                .filter(line -> !MACHINERY.matcher(line).matches())
                .toList();
    }
}
