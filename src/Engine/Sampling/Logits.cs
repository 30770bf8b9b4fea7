namespace Hearth.Engine.Sampling;

/// <summary>
/// Arithmetic on logits that stays within the floats, so that no setting, however extreme, makes infinities and NaN of them: only what
/// forbids a token is minus infinity.
/// </summary>
internal static class Logits
{
    /// <summary>The number nearest to <paramref name="value"/> among the finite ones.</summary>
    public static float Finite(float value) => Math.Clamp(value, float.MinValue, float.MaxValue);

    /// <summary>A logit lowered by a finite or infinite number; a forbidden token stays forbidden.</summary>
    public static float Lower(float logit, float by) => float.IsNegativeInfinity(logit) ? logit : Finite(logit - by);

    /// <summary>A logit raised by a finite number, or forbidden by minus infinity.</summary>
    public static float Raise(float logit, float by) =>
        float.IsNegativeInfinity(logit) || float.IsNegativeInfinity(by) ? float.NegativeInfinity : Finite(logit + by);
}
