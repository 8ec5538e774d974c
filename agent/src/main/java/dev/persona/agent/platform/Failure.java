package dev.persona.agent.platform;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says in words what Java's file exceptions say by their class. */
public final class Failure {

    private Failure() {}

    /** Why something failed, for people: names the file where the exception does. */
    public static String reason(Exception failure) {
        if (failure instanceof FileSystemException file && file.getFile() != null) {
            return "`" + file.getFile() + "`: " + what(file);
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static String what(FileSystemException failure) {
        if (failure.getReason() != null) {
            return failure.getReason();
        }
        if (failure instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "Permission denied";
        }
        return failure instanceof FileAlreadyExistsException
                ? "File exists"
                : failure.getClass().getSimpleName();
    }
}
