export const load = () => ({ title: 'Lanes' });
