namespace Hearth.Cli;

/// <summary>Whoever read standard output has closed it: there is nobody left to write for, and no error to report.</summary>
internal sealed class ClosedOutputException(IOException cause) : IOException("Standard output is closed.", cause);
