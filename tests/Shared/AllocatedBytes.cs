namespace Hearth.Tests;

/// <summary>Managed bytes that the calling thread allocates.</summary>
internal static class AllocatedBytes
{
    private const int Attempts = 5;

    /// <summary>
    /// The least of some attempts. When a background collection that another test caused takes the thread's allocation buffer away, the
    /// runtime counts the rest of that buffer, up to 8 KB, as allocated by the thread; what the code allocates itself is in every attempt.
    /// </summary>
    /// <param name="action">What is measured; it should have run before.</param>
    /// <param name="prepare">Runs before each attempt, unmeasured.</param>
    public static long Of(Action action, Action? prepare = null)
    {
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            prepare?.Invoke();
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
