namespace Hearth.Cli.Commands;

/// <summary>Token ids as people write them: separated by spaces, commas or line feeds, in brackets or not.</summary>
internal static class TokenList
{
    /// <summary>Reads the ids.</summary>
    /// <param name="text">The ids.</param>
    /// <param name="subject">What a message calls them.</param>
    /// <exception cref="CommandException">Something is no id, or there is none.</exception>
    public static int[] Parse(string text, string subject)
    {
        string[] parts = text.Split([' ', ',', '\t', '\n', '\r', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            throw new CommandException($"{subject} is needed; there is none.");
        int[] ids = new int[parts.Length];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = Flag.ToInteger(subject, parts[i]);
        return ids;
    }

    /// <summary>Checks that a vocabulary has the ids.</summary>
    /// <exception cref="CommandException">It has not.</exception>
    public static void Check(int[] ids, int vocabularySize)
    {
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)vocabularySize)
            {
                throw new CommandException(
                    $"The token {id} is not in the vocabulary, whose ids are 0 to {vocabularySize - 1}.", ExitCodes.Input);
            }
        }
    }
}
