using System.Text;
using Hearth.Engine.Sampling;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Sessions;

/// <summary>A generation under way: each step samples a token, gives its text, and reads the token so that the next can follow.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class Generation
{
    private readonly HearthSession session;
    private readonly GenerationOptions options;
    private readonly SamplerChain sampler;
    private readonly PieceDecoder decoder;
    private readonly StopStrings stops;
    private readonly BannedStrings banned;
    private readonly int[] next = new int[1];
    private int count;
    private bool pending;

    internal Generation(HearthSession session, GenerationOptions options)
    {
        if (options.TopLogProbabilities < 0)
            throw new ArgumentOutOfRangeException(nameof(options), $"{options.TopLogProbabilities} tokens cannot be named with their probabilities.");
        this.session = session;
        this.options = options;
        sampler = new SamplerChain(ResolveBreakers(options.Sampling, session.Model), session.Model.Shape.VocabularySize);
        decoder = new PieceDecoder(session.Model.Tokenizer, options.ShowSpecial);
        stops = new StopStrings(options.StopStrings);
        banned = new BannedStrings(options.BannedStrings, session.Model.Tokenizer, options.ShowSpecial);
    }

    /// <summary>What the last step gave.</summary>
    public GeneratedPiece Current { get; private set; }

    /// <summary>Why it ended; <see cref="StopReason.None"/> while it goes on.</summary>
    public StopReason Stop { get; private set; }

    /// <summary>The seed that was used, to repeat the generation.</summary>
    public ulong Seed => sampler.Seed;

    /// <summary>Tokens generated so far.</summary>
    public int Count => count;

    /// <summary>Takes a step.</summary>
    /// <returns>Whether there is a piece in <see cref="Current"/>.</returns>
    /// <exception cref="InvalidOperationException">The session holds no tokens to continue.</exception>
    public bool MoveNext()
    {
        if (Stop != StopReason.None)
            return false;
        if (options.MaxTokens >= 0 && count >= options.MaxTokens)
            return End(StopReason.MaxTokens);
        if (pending)
        {
            if (session.Position == session.Capacity)
                return End(StopReason.ContextFull);
            session.Append(next);
            pending = false;
        }

        if (session.Logits.IsEmpty)
            throw new InvalidOperationException("The session has nothing to continue; append a prompt first.");
        int token = sampler.Sample(session.Logits, session.Tokens, (ulong)session.Position, banned.IsEmpty ? null : banned);
        if (!options.IgnoreEndOfGeneration && session.Model.Tokenizer.IsEndOfGeneration(token))
            return End(StopReason.EndOfGeneration);
        banned.Append(token);
        next[0] = token;
        pending = true;
        count++;
        string text = stops.Append(decoder.Append(token), out bool stopped);
        if (stopped)
            Stop = StopReason.StopString;
        Current = new GeneratedPiece(token, text);
        if (options.TopLogProbabilities is { } most)
            Current = WithLogProbabilities(Current, session.Logits, most);
        return true;
    }

    private static GeneratedPiece WithLogProbabilities(GeneratedPiece piece, ReadOnlySpan<float> logits, int most)
    {
        var top = new TokenLogProbability[Math.Min(most, logits.Length)];
        LogProbabilities.Top(logits, top);
        return piece with { LogProbability = (float)(logits[piece.Token] - LogProbabilities.LogSumExp(logits)), Top = top };
    }

    /// <summary>Dry's breakers as tokens of the model, where dry acts and the caller has not done it.</summary>
    private static SamplerSettings ResolveBreakers(SamplerSettings settings, HearthModel model)
    {
        if (!settings.DryActs || settings.DryBreakerTokens is not null || settings.DrySequenceBreakers.Count == 0)
            return settings;
        var tokenizer = model.Tokenizer;
        return settings with
        {
            DryBreakerTokens = DryBreakers.Resolve(
                settings.DrySequenceBreakers,
                tokenizer.VocabularySize,
                id => Encoding.UTF8.GetString(tokenizer.Piece(id, showSpecial: true)),
                text => tokenizer.Encode(text, addSpecial: false, parseSpecial: false)),
        };
    }

    /// <summary>Ends, giving out first what was held back.</summary>
    private bool End(StopReason reason)
    {
        Stop = reason;
        string rest = stops.Append(decoder.Flush(), out _) + stops.Flush();
        Current = new GeneratedPiece(-1, rest);
        return rest.Length > 0;
    }
}
