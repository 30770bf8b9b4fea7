using System.Globalization;

namespace Hearth.Cli;

/// <summary>
/// Whether a standard stream was open when the process began. Where a shell closed one (<c>&lt;&amp;-</c>), the runtime's own pipes take
/// its number: a read would wait forever, and an answer would be written into the runtime.
/// </summary>
internal static class InheritedStream
{
    // O_CLOEXEC of Linux. What the runtime opens has it, and what a process inherits cannot have had it.
    private const long ClosedOnExecution = 0x80000;

    /// <summary>Whether a stream is the one that the process inherited; true where that cannot be found out.</summary>
    /// <param name="descriptor">0, 1 or 2.</param>
    public static bool IsOpen(int descriptor)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        try
        {
            string? flags = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{descriptor}"))
                .FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal));
            return flags is null || (Convert.ToInt64(flags["flags:".Length..].Trim(), 8) & ClosedOnExecution) == 0;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return true;
        }
    }
}
