/// Student's t distribution, as far as confidence intervals need it.
enum StudentT {
    /// What 97.5 % of the values lie below: both ends of a 95 % confidence interval are so many standard errors away.
    ///
    /// - Precondition: at least one degree of freedom.
    static func quantile(degreesOfFreedom: Int) -> Double {
        precondition(degreesOfFreedom > 0, "nothing is known of the spread of a single value")
        if degreesOfFreedom <= table.count { return table[degreesOfFreedom - 1] }
        // The expansion of Cornish and Fisher: exact to four digits from here on.
        let degrees = Double(degreesOfFreedom)
        let z = 1.959_963_984_540_054
        let (cube, fifth) = (z * z * z, z * z * z * z * z)
        return z + (cube + z) / (4 * degrees) + (5 * fifth + 16 * cube + 3 * z) / (96 * degrees * degrees)
    }

    private static let table = [
        12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604, 2.1448,
        2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484,
        2.0452, 2.0423,
    ]
}
