package dev.persona.agent.platform;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A line of text that tells whether it is whole: the CRC-32C of the text as eight hexadecimal digits, a space, the text
 * and a newline.
 */
public final class ChecksummedLine {
    private static final int PREFIX = 9;

    private ChecksummedLine() {}

    /** @param text without a newline */
    public static String of(String text) {
        return checksum(text) + " " + text + "\n";
    }

    /**
     * The text of a line; empty if it is not whole.
     *
     * @param line without its newline
     */
    public static Optional<String> read(String line) {
        if (line.length() < PREFIX || line.charAt(PREFIX - 1) != ' ') {
            return Optional.empty();
        }
        String text = line.substring(PREFIX);
        return checksum(text).equals(line.substring(0, PREFIX - 1)) ? Optional.of(text) : Optional.empty();
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
