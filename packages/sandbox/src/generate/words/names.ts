import { phrases, words } from './list.ts';

/** Given and family names, mixed as in an international company. */
export const FIRST_NAMES =
  words(`Nora Mateus Ingrid Daniel Aisha Tomas Leila Henrik Mei Rafael Clara Kwame Sofia Yusuf Hanna
Diego Amara Viktor Priya Luca Freya Omar Beatriz Jonas Naomi Pavel Elena Samuel Zainab Anton Camila Erik Ruth Hassan Ines
Marcus Lin Gabriel Tess Ivan Miriam Oscar Farah Simon Greta Andre Nadia Felix Joana Arjun Martha Emil Salma Hugo Vera
Kenji Alma Peter Imani Carlos Julia Tariq Astrid Victor Maya Stefan Rosa Benedict Yara Kofi Helena Adrian Noor Walter
Linnea Paulo Esther Mikael Dalia George Sanna Ravi Marta`);

export const LAST_NAMES =
  words(`Lindqvist Almeida Okafor Marchetti Haddad Novak Petersen Tanaka Moreau Castillo Weber Mensah
Rossi Demir Johansson Herrera Adeyemi Kowalski Nair Ricci Berglund Rahman Pereira Hoffmann Mbeki Horvat Popescu Ferreira
Bello Keller Vargas Eriksen Goldberg Farouk Cardoso Webb Chen Laurent Gallagher Petrov Katz Nilsson Aziz Fischer
Lindgren Duarte Khoury Bauer Santos Mehta Sullivan Vogel Saleh Bianchi Solberg Yamamoto Ramos Schmidt Njoroge Ortega
Fontaine Malik Dahl Costa Banerjee Jansen Silva Brandt Osei Papadakis Lund Campos Rashid Mueller Holm Tavares Levy
Carlsson Nasser Wright Ekman Gupta Teixeira Quinn Virtanen Alvarez Oduya Krause Barros Hakimi Stone Marino Larsen Abebe
Fuentes Brennan Sato Kaplan Monteiro Sharma Olsen Dumont Iyer Bergman Navarro Zhang Hughes Correia Amadi Lehmann Pinto
Sandberg Bakker Vidal`);

/** Salutations of records. Most records have none. */
export const SALUTATIONS: readonly (string | null)[] = [null, null, null, null, 'Ms.', 'Mr.', 'Dr.'];

export const CONTACT_TITLES =
  phrases(`Plant Manager|Maintenance Lead|Purchasing Manager|Process Engineer|Quality Manager|Head of
Operations|Instrument Technician|Energy Manager|Project Engineer|Site Director|Calibration Coordinator|Safety
Officer|Buyer|Automation Engineer|Laboratory Manager|Chief Financial Officer|Facility Manager|Technical Director`);

export const DEPARTMENTS = [
  'Operations',
  'Maintenance',
  'Purchasing',
  'Engineering',
  'Quality',
  'Finance',
  'Facilities',
];
