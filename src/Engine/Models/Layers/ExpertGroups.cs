namespace Hearth.Engine.Models.Layers;

/// <summary>
/// Experts in groups of equal size, of which a token may use the best few: a group counts as much as its two best experts together
/// (DeepSeek-V3 2024).
/// </summary>
/// <param name="Count">Groups, a divisor of the experts.</param>
/// <param name="Used">Groups that a token may use.</param>
public sealed record ExpertGroups(int Count, int Used)
{
    /// <summary>Reads <c>expert_group_count</c> and <c>expert_group_used_count</c>.</summary>
    /// <returns>The groups, or null where there is no choice among groups.</returns>
    /// <exception cref="InvalidModelException">The groups do not go with the experts.</exception>
    public static ExpertGroups? Read(ModelLoader loader, int experts, int chosen)
    {
        ArgumentNullException.ThrowIfNull(loader);
        int count = loader.Parameters.Int("expert_group_count", 0, 0, experts);
        if (count <= 1)
            return null;
        int used = loader.Parameters.Int("expert_group_used_count", 1, count);
        if (experts % count != 0 || chosen > experts / count * used)
        {
            throw new InvalidModelException(
                $"{loader.Name}: {chosen} experts of each token cannot come from {used} of {count} groups of {experts} experts; the file is damaged.");
        }

        return new ExpertGroups(count, used);
    }

    /// <summary>Ranks every expert outside of the best groups last.</summary>
    /// <param name="ranks">What the experts are chosen by.</param>
    public void Exclude(Span<float> ranks)
    {
        int size = ranks.Length / Count;
        Span<float> scores = stackalloc float[Count];
        for (int group = 0; group < Count; group++)
            scores[group] = BestTwo(ranks.Slice(group * size, size));
        for (int group = 0; group < Count; group++)
        {
            if (Better(scores, group) >= Used)
                ranks.Slice(group * size, size).Fill(float.NegativeInfinity);
        }
    }

    private static float BestTwo(ReadOnlySpan<float> ranks)
    {
        float best = ranks[0];
        float second = float.NegativeInfinity;
        foreach (float rank in ranks[1..])
        {
            second = MathF.Max(second, MathF.Min(best, rank));
            best = MathF.Max(best, rank);
        }

        return ranks.Length == 1 ? best : best + second;
    }

    /// <summary>How many groups stand before one: those with a higher score, and of equals the earlier ones.</summary>
    private static int Better(ReadOnlySpan<float> scores, int group)
    {
        int better = 0;
        for (int other = 0; other < scores.Length; other++)
        {
            if (scores[other] > scores[group] || (scores[other] == scores[group] && other < group))
                better++;
        }

        return better;
    }
}
